import { createReadStream } from 'node:fs';
import { parentPort } from 'node:worker_threads';
import { type CsvBatch, readProducts } from '../read-products.ts';
import { unpackFile } from '../unpack.ts';
import { type Answer, errorAnswer, type Job } from './messages.ts';
import { packBatch } from './packed-batch.ts';

/** The program of a thread that unpacks and reads tables, so that nobody else waits for it. */
if (!parentPort) throw new Error('table-thread.ts is the program of a worker thread');
const port = parentPort;

let batches: AsyncIterator<CsvBatch> | undefined;
let links: readonly number[] = [];

async function answerTo(job: Job): Promise<Answer> {
  switch (job.do) {
    case 'unpack':
      return { is: 'unpacked', file: await unpackFile(job.path, job.to, job.name, job.csvBytes, job.sheet) };
    case 'read': {
      const {
        batches: all,
        links: counted,
        ...table
      } = await readProducts(() => createReadStream(job.path), job.settings);
      batches = all[Symbol.asyncIterator]();
      links = counted;
      return { is: 'table', table };
    }
    case 'next': {
      if (!batches) throw new Error('no table is open');
      const { done, value } = await batches.next();
      return done ? { is: 'end', links } : { is: 'batch', batch: packBatch(value) };
    }
  }
}

port.on('message', (job: Job) => {
  answerTo(job)
    .catch(errorAnswer)
    .then((answer) => port.postMessage(answer));
});
