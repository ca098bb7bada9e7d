import { SingleBar } from 'cli-progress';
import type { StatusObject } from '../domain/status-object.ts';
import { durationText } from './terminal.ts';

type Shown = Pick<
  StatusObject,
  'images_total' | 'images_processed' | 'images_failed' | 'saved_percent' | 'eta_seconds'
>;

/** Shows how far a request is. */
export interface ProgressDisplay {
  show(status: Shown): void;
  end(): void;
}

/** Milliseconds between lines where there is no terminal. */
const LINES_EVERY_MS = 5_000;

/** A bar in a terminal; elsewhere (a log, a pipe) a line every few seconds, since a bar would be noise. */
export function progressDisplay(out: NodeJS.WriteStream, now: () => number): ProgressDisplay {
  return out.isTTY ? bar(out) : lines(out, now);
}

function bar(stream: NodeJS.WriteStream): ProgressDisplay {
  const format = '{bar} {percentage}% | {value}/{total} images | {failed} failed | {saved}% saved | {left}';
  const single = new SingleBar({ format, stream, hideCursor: true, barCompleteChar: '█', barIncompleteChar: '░' });
  let started = false;
  return {
    show({ images_total, images_processed, images_failed, saved_percent, eta_seconds }) {
      const left = eta_seconds === null ? 'starting' : `${durationText(eta_seconds * 1000)} left`;
      const payload = { failed: images_failed, saved: saved_percent, left };
      if (started) single.update(images_processed, payload);
      else single.start(images_total, images_processed, payload);
      started = true;
    },
    end: () => single.stop(),
  };
}

function lines(out: NodeJS.WriteStream, now: () => number): ProgressDisplay {
  let shownAt = Number.NEGATIVE_INFINITY;
  let last: Shown | undefined;
  const write = ({ images_processed, images_total, images_failed }: Shown) =>
    out.write(`${images_processed} of ${images_total} images, ${images_failed} failed\n`);
  return {
    show(status) {
      last = status;
      if (now() - shownAt < LINES_EVERY_MS) return;
      shownAt = now();
      write(status);
    },
    end() {
      if (last) write(last);
    },
  };
}
