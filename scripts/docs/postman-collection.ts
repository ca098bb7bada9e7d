import converter from 'openapi-to-postmanv2';

interface Item {
  name: string;
  item?: Item[];
  event?: unknown[];
  response?: unknown[];
  id?: string;
  request?: {
    method: string;
    auth?: unknown;
    header?: { key: string; disabled?: boolean }[];
    url: { path: string[]; query?: { disabled?: boolean }[]; variable?: { key: string; value: string }[] };
    body?: { formdata?: { key: string; type: string; src?: string; disabled?: boolean }[] };
  };
}

export interface Collection {
  info: object;
  variable: { key: string; value: string; type?: string }[];
  item: Item[];
}

/** The order in which the calls make sense one after the other, and what each is expected to answer. */
const STORY: [method: string, path: string, status: number][] = [
  ['GET', 'health', 200],
  ['GET', 'ready', 200],
  ['GET', 'api/presets', 200],
  ['POST', 'api/upload', 200],
  ['GET', 'api/requests/:id/events', 200],
  ['GET', 'api/status/:id', 200],
  ['GET', 'api/requests', 200],
  ['GET', 'api/usage', 200],
  ['GET', 'api/products/:id', 200],
  ['GET', 'api/details/:id', 200],
  ['GET', 'api/download/:id', 200],
  ['GET', 'api/requests/:id/errors.csv', 200],
  ['GET', 'api/requests/:id/images.zip', 200],
  ['GET', 'api/image/:filename', 200],
  ['GET', 'api/requests/:id/deliveries', 200],
  // The sample upload names no webhook, and is finished by now.
  ['POST', 'api/requests/:id/deliveries/redeliver', 409],
  ['POST', 'api/requests/:id/cancel', 409],
  ['POST', 'api/requests/:id/retry', 200],
  ['DELETE', 'api/requests/:id', 204],
];

/** Operations that the story leaves out: the sample upload has no images of that kind. */
const ELSEWHERE = ['GET api/image/:folder/:filename'];

/** What later calls need from the answer of a call. */
const REMEMBER: Record<string, string> = {
  'POST api/upload': "pm.collectionVariables.set('request_id', pm.response.json().request_id);",
  'GET api/products/:id':
    "pm.collectionVariables.set('filename', pm.response.json().products[0].output_image_urls.split(',')[0].split('/').pop());",
};

/**
 * The Postman collection of an OpenAPI document: the calls in the order of a story, each with a test.
 * @throws where the document has an operation that the story leaves out
 */
export async function postmanCollection(openapi: object): Promise<Collection> {
  const options = { folderStrategy: 'Tags', includeDeprecated: false, requestParametersResolution: 'Example' };
  const converted = await new Promise<Collection>((resolve, reject) => {
    converter.convert({ type: 'json', data: openapi }, options, (error, result) => {
      const data = result?.output?.[0]?.data as Collection | undefined;
      if (data) resolve(data);
      else reject(error ?? new Error(result?.reason));
    });
  });
  const items = converted.item.flatMap(({ item = [] }) => item);
  const place = (item: Item) => `${item.request?.method} ${item.request?.url.path.join('/')}`;
  const places = items.map(place).filter((name) => !ELSEWHERE.includes(name));
  const forgotten = places.filter((name) => !STORY.some(([method, path]) => name === `${method} ${path}`));
  if (forgotten.length > 0) throw new Error(`not in the story: ${forgotten.join(', ')}`);
  return {
    info: {
      name: 'Pixmill',
      description: 'Run it from top to bottom: it uploads a CSV, follows it and fetches every result.',
      schema: 'https://schema.getpostman.com/json/collection/v2.1.0/collection.json',
    },
    variable: [
      { key: 'baseUrl', value: 'http://127.0.0.1:8080' },
      { key: 'request_id', value: '' },
      { key: 'filename', value: '' },
    ],
    item: STORY.map(([method, path, status]) => {
      const name = `${method} ${path}`;
      const item = items.find((candidate) => place(candidate) === name);
      if (!item) throw new Error(`no such operation: ${name}`);
      return prepared(item, status, REMEMBER[name]);
    }),
  };
}

function prepared({ name, request }: Item, status: number, remember?: string): Item {
  if (!request) throw new Error(`${name} is no call`);
  delete request.auth;
  for (const variable of request.url.variable ?? []) {
    variable.value = variable.key === 'id' ? '{{request_id}}' : '{{filename}}';
  }
  // The converter fills in random values.
  for (const parameter of request.url.query ?? []) Object.assign(parameter, { value: '', disabled: true });
  for (const header of request.header ?? []) header.disabled = /^idempotency-key$/i.test(header.key);
  for (const field of request.body?.formdata ?? []) {
    if (field.key === 'file') field.src = '../samples/products.csv';
    else Object.assign(field, { value: '', disabled: true });
  }
  const exec = [
    `pm.test('answers ${status}', () => pm.response.to.have.status(${status}));`,
    ...(remember ? [remember] : []),
  ];
  return { name, request, event: [{ listen: 'test', script: { type: 'text/javascript', exec } }] };
}
