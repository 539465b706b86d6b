declare const WORKER_SOURCE: string
const worker = new Worker(URL.createObjectURL(new Blob([WORKER_SOURCE])))
worker.postMessage({})
