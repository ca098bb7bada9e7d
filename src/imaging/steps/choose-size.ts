import { fittedSize } from '../../domain/picture-size.ts';
import type { Context } from '../context.ts';

/** Chooses the size of the result. */
export function chooseSize(context: Context): void {
  const { width, height, inner } = fittedSize(context.source, context.options);
  Object.assign(context, { width, height, inner });
}
