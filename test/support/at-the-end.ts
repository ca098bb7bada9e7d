import { after, getTestContext } from 'node:test';

type Step = () => unknown;

const steps = new WeakMap<object, Step[]>();
/** Stands for the test file, which has no context. */
const FILE = {};

/**
 * Undoes something when the surrounding test, suite or test file ends (call it outside of hooks). The latest goes first,
 * so that a server is gone before the folder that it writes to. And each is done whatever becomes of the others: the
 * runner leaves out all hooks behind one that fails, and a server that nobody kills keeps the test file from ending.
 */
export function atTheEnd(step: Step): void {
  const context = getTestContext() ?? FILE;
  const known = steps.get(context);
  if (known) {
    known.push(step);
    return;
  }
  const own = [step];
  steps.set(context, own);
  after(async () => {
    const errors: unknown[] = [];
    for (let latest = own.pop(); latest; latest = own.pop()) {
      try {
        await latest();
      } catch (error) {
        errors.push(error);
      }
    }
    if (errors.length > 0) throw errors.length === 1 ? errors[0] : new AggregateError(errors);
  });
}
