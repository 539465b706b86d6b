/** Who asks by the socket: a user name of the system, percent-encoded. Nobody else is asked for it. */
export const actorHeader = 'redoma-actor'
