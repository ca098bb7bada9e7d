import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { commandLine } from '../../src/cli/command-line.ts';
import { blocks, pages, pageText, ROOT, snippets } from './written-pages.ts';

/** Which tests run the code blocks of a page. */
const SNIPPETS: Record<string, [languages: string, ...tests: string[]]> = {
  'README.md': ['sh sh sh', 'test/docs/snippets.test.ts'],
  'client/README.md': ['ts ts ts', 'test/client/package.test.ts'],
  'docs/configuration.md': ['json', 'test/docs/snippets.test.ts'],
  'docs/examples.md': ['sh sh ts python', 'test/docs/examples.test.ts'],
  'docs/operations.md': ['ts ini', 'test/package/installed.test.ts', 'test/docs/snippets.test.ts'],
  'docs/webhooks.md': ['json ts python', 'test/docs/snippets.test.ts'],
};

/** Which test runs the commands that stand in the text. */
const RUN: [command: RegExp, test: string][] = [
  [/^npm ci && npm start$|^npm start$/, 'test/docs/snippets.test.ts'],
  [/^curl /, 'test/docs/snippets.test.ts'],
  [/^npx pixmill (check|run) /, 'test/docs/snippets.test.ts'],
  [/^npx pixmill upload /, 'test/docs/examples.test.ts'],
  [/^npx pixmill$/, 'test/docs/snippets.test.ts'],
  [/^npm run demo$/, 'test/journeys/demo.test.ts'],
  [/^npm pack -w client$/, 'test/client/package.test.ts'],
  [/^npm pack$|^npm install --global \.\/pixmill-/, 'test/package/installed.test.ts'],
  [
    /^pixmill (run|check|check-config|check-data|backup|secret|migrate|start)\b(?! --from)/,
    'test/cli/command-line.test.ts',
  ],
  [/^pixmill upload$/, 'test/cli/upload.test.ts'],
  [/^pixmill download$/, 'test/cli/download.test.ts'],
  [/^pixmill completion$/, 'test/cli/completion.test.ts'],
  [/^pixmill migrate --from /, 'test/journeys/move-to-postgres.test.ts'],
  [/^pixmill delete --customer /, 'test/operations/delete-customer.test.ts'],
  [/^pixmill worker$/, 'test/journeys/cluster.test.ts'],
  [/^node --test (test\S+)$/, 'test/hostile/addresses.test.ts'],
  [/^node --test src\/jpeg\/test\/\S+$/, 'src/jpeg/test/recompress.test.ts'],
];

/** Commands that no test runs, and why. */
const NOT_RUN: [command: RegExp, reason: string][] = [
  [
    /^(npm ci|npm ci && npm test|npm test|npm run check|npm run test:(fast|long))$/,
    '.ci/run runs them, on a new machine; a test cannot run itself',
  ],
  [/^npm run (format|docs|build:codec)$/, 'they write files of the project; tests compare what they write'],
  [/^npm run soak$|^node (src\/jpeg\/)?bench\//, 'minutes to hours; what they show depends on the machine'],
  [/^pg_(dump|restore)\b/, "PostgreSQL's own programs, which the embedded one does not bring along"],
  [/^npm version minor$|^node scripts\/keep-release\.ts /, 'a release is cut by hand, once for each version'],
  [
    /^npm (audit|ls sharp)\b|^node -p "require\('sharp'\)/,
    'what they say is held against advisories by hand; no registry answers where the tests run',
  ],
  [/^docker /, 'there is no Docker where the tests run'],
];

const PROGRAMS = /^(npm|npx|node|pixmill|curl|docker|pg_\w+) /;

/** Commands in the text and lines of shell blocks, without what is said about them. */
function commands(): string[] {
  const instructions = pages().filter((page) => !/^CHANGELOG|decisions/.test(page));
  const found = instructions.flatMap((page) => {
    const text = pageText(page).replace(/^```[\s\S]*?^```$/gm, '');
    const inline = [...text.matchAll(/`([^`]+)`/g)].map(([, code = '']) => code.replace(/\s+/g, ' '));
    // A whole script is one snippet.
    const lines = blocks(page, 'sh')
      .filter((block) => !block.includes('$('))
      .flatMap((block) => block.split('\n'));
    return [...inline, ...lines.map((line) => line.replace(/ {2,}#.*/, ''))];
  });
  return [...new Set(found.filter((command) => PROGRAMS.test(command)))];
}

describe('what the pages tell a reader to run', () => {
  test('every code block is run by a test', () => {
    const found = pages()
      .map((page) => [
        page,
        snippets(page)
          .map(({ language }) => language)
          .join(' '),
      ])
      .filter(([, languages]) => languages !== '');
    assert.deepEqual(
      Object.fromEntries(found),
      Object.fromEntries(Object.entries(SNIPPETS).map(([page, [languages]]) => [page, languages])),
    );
  });

  test('every command is run by a test, or named with the reason why not', () => {
    const lists = [...RUN, ...NOT_RUN];
    assert.deepEqual(
      commands().filter((command) => lists.filter(([pattern]) => pattern.test(command)).length !== 1),
      [],
    );
    assert.deepEqual(
      lists.map(([pattern]) => pattern).filter((pattern) => !commands().some((command) => pattern.test(command))),
      [],
      'in the list, but on no page',
    );
  });

  test('the tests that are named are there', () => {
    const tests = [...Object.values(SNIPPETS), ...RUN].flatMap(([, ...files]) => files);
    const named = commands().flatMap((command) => /^node (?:--test )?(\S+\.ts)/.exec(command)?.[1] ?? []);
    assert.deepEqual(
      [...tests, ...named].filter((file) => !existsSync(join(ROOT, file))),
      [],
    );
  });

  test('every command of pixmill has the options that the pages name', () => {
    const program = commandLine(() => undefined);
    for (const text of commands()) {
      const [, name, rest = ''] = /^(?:npx )?pixmill (\S+)(.*)/.exec(text) ?? [];
      if (name === undefined) continue;
      const command = program.commands.find((candidate) => candidate.name() === name);
      const options = command?.options.map(({ long }) => long) ?? [];
      const named = rest.match(/--[\w-]+/g) ?? [];
      assert.ok(command && named.every((option) => options.includes(option)), text);
    }
  });
});
