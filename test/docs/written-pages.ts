import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export const ROOT = join(import.meta.dirname, '../..');

/** Every page that a reader of the project may open, by its path. */
export function pages(): string[] {
  const docs = readdirSync(join(ROOT, 'docs'), { recursive: true, encoding: 'utf8' }).map((name) => `docs/${name}`);
  const top = ['README.md', 'CHANGELOG.md', 'CONTRIBUTING.md', 'SECURITY.md'];
  const folders = ['bench/README.md', 'client/README.md', 'src/jpeg/README.md'];
  return [...top, ...folders, ...docs.sort()].filter((name) => name.endsWith('.md'));
}

export const pageText = (page: string) => readFileSync(join(ROOT, page), 'utf8');

/** The code blocks of a page that name their language, in their order; without drawings. */
export function snippets(page: string): { language: string; code: string }[] {
  const found = pageText(page).matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm);
  return [...found]
    .map(([, language = '', code = '']) => ({ language, code }))
    .filter(({ language }) => language !== 'mermaid');
}

/** The code blocks of a page in one language. */
export function blocks(page: string, language: string): string[] {
  return snippets(page)
    .filter((snippet) => snippet.language === language)
    .map(({ code }) => code);
}
