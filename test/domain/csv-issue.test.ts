import assert from 'node:assert/strict';
import { test } from 'node:test';
import { csvIssue, issueFromStored, shownIssue, storedIssue } from '../../src/domain/csv-issue.ts';
import { fileProblem } from '../../src/domain/problem.ts';

/** Through the database and back. */
const kept = (issue: Parameters<typeof storedIssue>[0]) =>
  issueFromStored(issue.line, JSON.parse(JSON.stringify(storedIssue(issue))));

test('an issue is stored without its sentence, which is the same again when it is read', () => {
  const issues = [
    csvIssue('missing_images', { line: 7, column: 'Image Urls' }),
    csvIssue('too_many_cells', { line: 8 }, { cells: 5, columns: 3, sheet: true, curly: false }),
    csvIssue('shifted_cells', { line: 8, column: 'Url' }, { text: 'blue', place: 'Url', curly: true }),
    csvIssue('too_many_urls', { line: 9, column: 'Image Urls' }, { urls: 60, limit: 50 }),
    csvIssue('url_too_long', { line: 10, column: null }, { length: 3_000, limit: 2_048 }),
  ];
  for (const issue of issues) {
    assert.deepEqual(kept(issue), shownIssue(issue));
    const whole = JSON.stringify(shownIssue(issue)).length;
    assert.ok(JSON.stringify(storedIssue(issue)).length < whole / 1.5, issue.code);
  }
  assert.equal(JSON.stringify(storedIssue(issues[0] ?? assert.fail())), '["missing_images","Image Urls"]');
});

test('an issue that an older release stored, sentence included, is read as it was', () => {
  const old = { line: 7, column: null, code: 'missing_name' as const, message: 'The row has no product name.' };
  assert.deepEqual(issueFromStored(7, old), old);
});

test('the refusal of a file and its only issue say the same, and show no more than that', () => {
  const cause = new Error('of the parser');
  const { code, detail, issues, issueCount, cause: kept } = fileProblem('no_rows', { cause }, { rows: 0 });
  assert.deepEqual([code, issueCount, kept], ['no_rows', 1, cause]);
  assert.deepEqual(issues, [{ line: 1, column: null, code, message: detail }]);
});
