import { SingleBar } from 'cli-progress';
import { type Progress, percentSaved, secondsLeft } from '../domain/request.ts';
import { durationText } from './terminal.ts';

/** Shows how far a request is. */
export interface ProgressDisplay {
  show(progress: Progress): void;
  end(): void;
}

/** Milliseconds between lines where there is no terminal. */
const LINES_EVERY_MS = 5_000;

/** A bar in a terminal; elsewhere (a log, a pipe) a line every few seconds, since a bar would be noise. */
export function progressDisplay(out: NodeJS.WriteStream, now: () => number): ProgressDisplay {
  return out.isTTY ? bar(out, now) : lines(out, now);
}

function bar(stream: NodeJS.WriteStream, now: () => number): ProgressDisplay {
  const format = '{bar} {percentage}% | {value}/{total} images | {failed} failed | {saved}% saved | {left}';
  const single = new SingleBar({ format, stream, hideCursor: true, barCompleteChar: '█', barIncompleteChar: '░' });
  let started = false;
  return {
    show(progress) {
      const settled = progress.imagesDone + progress.imagesFailed;
      const seconds = secondsLeft(progress, now());
      const left = seconds === null ? 'starting' : `${durationText(seconds * 1000)} left`;
      const payload = { failed: progress.imagesFailed, saved: percentSaved(progress), left };
      if (started) single.update(settled, payload);
      else single.start(progress.imagesTotal, settled, payload);
      started = true;
    },
    end: () => single.stop(),
  };
}

function lines(out: NodeJS.WriteStream, now: () => number): ProgressDisplay {
  let shownAt = Number.NEGATIVE_INFINITY;
  let last: Progress | undefined;
  const write = ({ imagesDone, imagesFailed, imagesTotal }: Progress) =>
    out.write(`${imagesDone + imagesFailed} of ${imagesTotal} images, ${imagesFailed} failed\n`);
  return {
    show(progress) {
      last = progress;
      if (now() - shownAt < LINES_EVERY_MS) return;
      shownAt = now();
      write(progress);
    },
    end() {
      if (last) write(last);
    },
  };
}
