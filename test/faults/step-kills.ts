import { join } from 'node:path';
import { openOrigin } from '../support/origin.ts';
import { photo } from '../support/pictures.ts';
import { CHEAP_START, spawnPixmill } from '../support/pixmill.ts';
import { violations } from './checker.ts';

/** Between which two steps of storing an image the process is ended; see break-files.ts. */
export const STEPS = ['before sync', 'before rename', 'after rename', 'after folder sync', 'before commit'] as const;

const nodeOptions = ['--import', join(import.meta.dirname, 'break-files.ts')];

/**
 * Ends the program at one step, at the given times that it comes there, one start after the other; then lets it finish.
 * @returns how often it really was ended there, and what is wrong afterwards
 */
export async function killAtStep(
  dataDir: string,
  step: (typeof STEPS)[number],
  times: number[],
  images: number,
): Promise<{ killed: number; violations: string[] }> {
  const origin = await openOrigin({ '/a.jpg': await photo(200, 150).jpeg({ quality: 95 }).toBuffer() });
  const rows = Array.from({ length: images }, (_, index) => `${index},Mug,${origin.url}/a.jpg?${index}`);
  const first = await spawnPixmill({ dataDir, env: { ...CHEAP_START, PIXMILL_ROLE: 'api' } });
  const upload = await first.upload(`S. No.,Product Name,Input Image Urls\n${rows.join('\n')}\n`);
  const { request_id } = (await upload.json()) as { request_id: string };
  await first.stop();

  let killed = 0;
  for (const time of times) {
    const env = { ...CHEAP_START, BREAK_KILL: `${step}:${time}` };
    // It may die before it listens, or finish before it comes to that step so often.
    const pixmill = await spawnPixmill({ dataDir, nodeOptions, env }).catch(() => undefined);
    const end = pixmill && (await Promise.race([pixmill.ended, pixmill.finished(request_id).catch(() => null)]));
    if (end === null || end === undefined) killed++;
    await pixmill?.stop('SIGKILL');
  }
  const last = await spawnPixmill({ dataDir, env: CHEAP_START });
  await last.finished(request_id);
  await last.stop();
  origin.close();
  const log = { acknowledged: new Map([[request_id, images]]), webhooks: new Map([[request_id, ['none asked for']]]) };
  return { killed, violations: violations(dataDir, log) };
}

/** Lets every rename fail for a while. @returns how many of the images failed for good */
export async function failingStorage(dataDir: string, ms: number, images: number): Promise<number> {
  const origin = await openOrigin({ '/a.jpg': await photo(200, 150).jpeg({ quality: 95 }).toBuffer() });
  const rows = Array.from({ length: images }, (_, index) => `${index},Mug,${origin.url}/a.jpg?${index}`);
  const env = { ...CHEAP_START, BREAK_RENAME_MS: String(ms) };
  const pixmill = await spawnPixmill({ dataDir, nodeOptions, env });
  const upload = await pixmill.upload(`S. No.,Product Name,Input Image Urls\n${rows.join('\n')}\n`);
  const { images_failed } = await pixmill.finished(((await upload.json()) as { request_id: string }).request_id);
  await pixmill.stop();
  origin.close();
  return images_failed;
}
