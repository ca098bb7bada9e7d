import { Type } from 'typebox';
import { shownCustomer } from '../../domain/customer.ts';
import { Problem } from '../../domain/problem.ts';
import { dayOf } from '../../domain/quota.ts';
import type { CustomerStore, UsedDay } from '../../pipeline/ports/store/customers.ts';
import { json, responses } from '../responses.ts';
import { UsageSchema } from '../schemas.ts';
import type { Server } from '../server-type.ts';
import '../route-config.ts';

const DAY_MS = 86_400_000;
/** Days that are shown where nothing else is asked for. */
const DAYS = 30;

const DESCRIPTION = `What was used, by day (UTC). A key sees its own customer; an operator's key sees all of them. Days on which
nothing was used are left out. An image that is tried again counts again; what is deleted still counts.`;

const day = (description: string) =>
  Type.Optional(Type.String({ description, pattern: '^\\d{4}-\\d{2}-\\d{2}$', examples: ['2026-03-14'] }));

const Query = Type.Object({
  from: day(`The first day; ${DAYS} days that end with \`to\` where left out.`),
  to: day('The last day; today where left out.'),
});

export interface UsageReport {
  store: Pick<CustomerStore, 'usedDays'>;
  now(): number;
}

/** GET /api/usage. */
export async function usageRoutes(server: Server, { store, now }: UsageReport): Promise<void> {
  const schema = {
    operationId: 'getUsage',
    tags: ['Operations'],
    summary: 'What each customer has used',
    description: DESCRIPTION,
    querystring: Query,
    response: responses({ 200: json('By customer and day.', UsageSchema) }, 'invalid_parameter'),
  };
  server.get('/api/usage', { schema, config: { access: 'any' } }, async ({ query, owner, isOperator }) => {
    const to = query.to === undefined ? dayOf(now()) : readDay('to', query.to);
    const from = query.from === undefined ? to - DAYS + 1 : readDay('from', query.from);
    if (from > to) throw new Problem('invalid_parameter', '"from" must not be later than "to".');
    if (!isOperator) {
      const days = await store.usedDays({ owner, from, to });
      return { customers: [{ name: shownCustomer(owner), days: days.map(shownDay) }] };
    }
    const byOwner = Map.groupBy(await store.usedDays({ from, to }), (used) => used.owner);
    return { customers: [...byOwner].map(([name, days]) => ({ name: shownCustomer(name), days: days.map(shownDay) })) };
  });
}

function shownDay({ day, requests, images, imagesReused, bytesTransferred, bytesOut }: UsedDay) {
  return {
    day: new Date(day * DAY_MS).toISOString().slice(0, 10),
    requests,
    images,
    images_reused: imagesReused,
    bytes_transferred: bytesTransferred,
    bytes_out: bytesOut,
  };
}

function readDay(name: string, text: string): number {
  const time = Date.parse(`${text}T00:00:00Z`);
  // JavaScript makes the 2nd of March of the 30th of February.
  if (Number.isNaN(time) || new Date(time).toISOString().slice(0, 10) !== text) {
    throw new Problem('invalid_parameter', `"${name}" must be a day such as 2026-03-14.`);
  }
  return dayOf(time);
}
