import type { Generated, Kysely } from 'kysely'

/*
 * The tables as the newest migration leaves them. Times are ISO 8601 texts in UTC, `sealed_…` columns hold what
 * `seal` makes (docs/formats/catalogue.md says with which associated data).
 */

export type Database = Kysely<Tables>

export interface Tables {
  migration: { number: number; name: string; applied_at: string }
  instance: {
    id: string
    name: string
    created_at: string
    sealed_check: Uint8Array
    sealed_signing_key: Uint8Array
    appliance: Generated<number>
    drill_days: Generated<number>
  }
  source: { name: string; spec: string; created_at: string }
  destination: {
    id: string
    name: string
    spec: string
    sealed_repository_password: Uint8Array
    created_at: string
    runs_before: number
    repository_id: string | null
    repository_key: string | null
  }
  generation: {
    number: number
    scope: string
    profile: string
    recipient: string
    fingerprint: string
    held_at: string
    password_file: Uint8Array | null
    quorum_file: Uint8Array | null
    share_list: Uint8Array | null
  }
  guardian: {
    id: string
    name: string
    mail: string | null
    note: string | null
    public_key: string | null
    created_at: string
  }
  share_keeper: { generation: number; share: number; guardian_id: string }
  drill: { id: string; generation: number; started_at: string; expires_at: string }
  drill_question: { drill_id: string; share: number; code_sha256: string; answered_at: string | null }
  share_proof: {
    id: Generated<number>
    generation: number
    share: number
    drill_id: string | null
    proven_at: string
  }
  credential: CredentialTable
  credential_field: {
    credential_id: string
    position: number
    name: string
    hidden: number
    sealed_value: Uint8Array
  }
  former_secret: {
    credential_id: string
    position: number
    since: string | null
    until: string
    sealed_secret: Uint8Array
  }
  attachment: {
    id: string
    credential_id: string
    position: number
    name: string
    size: number
    sealed_sha256: Uint8Array
  }
  attachment_chunk: { attachment_id: string; position: number; sealed_content: Uint8Array }
  run: {
    id: Generated<number>
    started_at: string
    process_id: number
    process_identity: string | null
    state: string
    finished_at: string | null
    plan_id: string | null
    due_at: string | null
    remarks: string | null
    cancelled_by: string | null
  }
  plan: {
    id: string
    name: string
    enabled: number
    spec: string
    created_at: string
    active_since: string
  }
  run_part: {
    run_id: number
    position: number
    job: string
    source: string
    destination: string
    outcome: string
    figures: string
    product: string | null
    started_at: string
    finished_at: string
  }
  lease: {
    destination_id: string
    purpose: string
    process_id: number
    process_identity: string | null
    taken_at: string
    token: Generated<number>
  }
  presence: {
    id: Generated<number>
    host: string
    process_id: number
    process_identity: string
    since: string
    expires_at_ms: number
  }
  published_bundle: {
    scope: string
    sequence: number
    name: string
    sha256: string
    bytes: number
    credentials: number
    created_at: string
  }
  opening: {
    id: Generated<number>
    scope: string | null
    sequence: number | null
    object: string
    opened_at: string
    opened_by: string
    why: string
    recorded_at: string
    recorded_by: string
  }
  settled_exposure: {
    opening_id: number
    source: string
    credential_id: string
    why: string
    settled_at: string
    settled_by: string
  }
  scope: { name: string; spec: string; created_at: string; changed_at: string }
  second_person: { sealed_rules: Uint8Array }
  identity_provider: { sealed_record: Uint8Array }
  approval: { id: Generated<number>; asked_by: string; expires_at: string; sealed_record: Uint8Array }
  timestamping: { authority: string; certificates: string | null; set_at: string }
  bundle_retention: { destination_id: string; policy: string; set_at: string }
  bundle_content: {
    scope: string
    source: string
    credential_id: string
    first_sequence: number
    until_sequence: number | null
    tags: string
    facts: string
  }
  counter: { name: string; value: number }
  recording_copy: {
    destination_id: string
    recording_id: string
    source: string
    folder: string
    fingerprint: string
    sealed_at: string
    sha256: string
    bytes: number
    generation: number
    summary: string
  }
  ledger_line: { destination_id: string; sequence: number; line: string }
  ledger_acknowledged: { destination_id: string; sequence: number }
  verification: { destination_id: string; what: string; last: string | null; failed: string | null }
  restore: {
    id: Generated<number>
    what: string
    asked_by: string
    asked_at: string
    process_id: number
    process_identity: string | null
    state: string
    started_at: string | null
    finished_at: string | null
    ending: string | null
  }
  routine: { name: string; enabled: number; schedule: string; active_since: string; last_due: string | null }
  owed_hook: {
    run_id: number
    plan_id: string
    plan: string
    hook: string
    machine: string
    process_id: number | null
    process_identity: string | null
    tries: number
    failed_at: string | null
  }
  seen_certificate: {
    holder: string
    id: string
    machine: string
    place: string
    fingerprint: string
    valid_from: string
    valid_until: string
    seen_at: string
  }
  channel_failure: { channel_id: string; since: string; at: string; why: string }
  guardian_reminder: { guardian_id: string; reminded_at: string }
  slice_reading: { destination_id: string; slice: number; read_at: string; damaged: number }
  forgotten_snapshot: { destination_id: string; snapshot_id: string; forgotten_at: string }
  settled_miss: { destination_id: string; snapshot_id: string; settled_at: string }
  destination_state: {
    destination_id: string
    condition: string
    since: string
    recent: string
    findings: string | null
    room: string
  }
  destination_change: {
    id: Generated<number>
    destination_id: string
    from_condition: string
    to_condition: string
    since: string
    at: string
    details: string
    teller_id: number | null
    teller_identity: string | null
    told_at: string | null
  }
  channel: {
    id: string
    name: string
    spec: string
    credential_id: string | null
    least_severity: string
    quiet_hours: string | null
    digest_minutes: number
    created_at: string
  }
  incident: {
    id: Generated<number>
    kind: string
    subject_key: string
    subject: string
    severity: string
    title: string
    body: string
    hint: string | null
    fields: string
    opened_at: string
    updated_at: string
    told_at: string
    acknowledged_at: string | null
    acknowledged_by: string | null
    acknowledged_why: string | null
    closed_at: string | null
  }
  notice: {
    id: Generated<number>
    event: string
    severity: string
    at: string
    subject: string
    title: string
    body: string
    hint: string | null
    fields: string
    incident_id: number | null
    phase: string | null
    opened_at: string | null
    person: string | null
  }
  notice_channel: { channel_id: string; after_notice: number }
  notice_outcome: { notice_id: number; channel_id: string; outcome: string; why: string | null; at: string }
  idempotency_key: {
    key: string
    route: string
    sealed_request: Uint8Array
    begun_at: string
    status: number | null
    headers: string | null
    body: string | null
  }
  api_user: { id: string; name: string; sealed_record: Uint8Array }
  pass: {
    id: string
    kind: string
    user_id: string | null
    name: string
    permissions: string
    address: string
    created_at: string
    seen_at: string
    expires_at: string
    mark: string
  }
  audit_entry: {
    id: Generated<number>
    at: string
    actor: string
    action: string
    subject: string
    detail: string
    link: string | null
  }
}

interface CredentialTable {
  id: string
  title: string
  kind: string
  user: string | null
  host: string | null
  port: number | null
  url: string | null
  database: string | null
  folder: string | null
  owner: string | null
  tags: string
  sealed_secret: Uint8Array | null
  sealed_notes: Uint8Array | null
  sealed_totp: Uint8Array | null
  created_at: string | null
  changed_at: string
  search_words: string
  revision: Generated<number>
}
