import { setTimeout as sleep } from 'node:timers/promises';
import { openOrigin } from '../support/origin.ts';
import { photo } from '../support/pictures.ts';
import { spawnPixmill } from '../support/pixmill.ts';
import { openS3, S3_CREDENTIALS } from '../support/s3.ts';

export interface OutageResult {
  failed: number;
  /** Images of the result whose link gives a JPEG. */
  served: number;
  /** What calls for a stored image, for the status and for readiness were answered with in each half. */
  answers: { image: number; status: number; ready: number }[];
}

/** Takes the bucket away in the middle of a request: for the first half it refuses connections, then it says 503. */
export async function bucketOutage(folder: string, ms: number, images: number): Promise<OutageResult> {
  const picture = await photo(200, 150).jpeg({ quality: 95 }).toBuffer();
  const origin = await openOrigin({ '/a.jpg': (_, response) => void setTimeout(() => response.end(picture), 100) });
  const s3 = await openS3(`${folder}/bucket`);
  const PIXMILL_STORAGE_URL = `s3://images?endpoint=${s3.endpoint}`;
  const env = { ...S3_CREDENTIALS, PIXMILL_STORAGE_URL, PIXMILL_DOWNLOADS: '4', PIXMILL_LOG_LEVEL: 'silent' };
  const pixmill = await spawnPixmill({ dataDir: `${folder}/data`, env });
  const rows = Array.from({ length: images }, (_, index) => `${index},Mug,${origin.url}/a.jpg?${index}`);
  const upload = await pixmill.upload(`S. No.,Product Name,Input Image Urls\n${rows.join('\n')}\n`);
  const { request_id: id } = (await upload.json()) as { request_id: string };
  const links = async () => {
    const result = await (await pixmill.call(`/api/download/${id}?partial=true`)).text();
    return [...result.matchAll(/http[^,\s]+\/api\/image\/[^",\s]+/g)].map(([link]) => link);
  };
  while ((await links()).length === 0) await sleep(20);
  const [stored = ''] = await links();

  const answers: OutageResult['answers'] = [];
  const lookAround = async () => {
    const calls = [fetch(stored), pixmill.call(`/api/status/${id}`), pixmill.call('/ready')];
    const responses = await Promise.all(calls);
    for (const response of responses) await response.text();
    const [image = 0, status = 0, ready = 0] = responses.map((response) => response.status);
    answers.push({ image, status, ready });
  };
  await s3.kill();
  await Promise.all([lookAround(), sleep(ms / 2)]);
  s3.overloaded = true;
  await s3.start();
  await Promise.all([lookAround(), sleep(ms / 2)]);
  s3.overloaded = false;

  const { images_failed: failed } = await pixmill.finished(id);
  const pictures = await Promise.all((await links()).map(async (link) => (await fetch(link)).bytes()));
  await pixmill.stop();
  await s3.kill();
  origin.close();
  return { failed, served: pictures.filter(([first]) => first === 0xff).length, answers };
}
