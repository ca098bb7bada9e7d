import { Table, Text } from '@mantine/core';
import type { CsvIssue } from '../../../src/client/types.ts';
import { count } from '../format.ts';

/** Bad rows or warnings: where in the file, and why. */
export function IssuesTable({ label, issues, total }: { label: string; issues: CsvIssue[]; total: number }) {
  return (
    <Table.ScrollContainer
      minWidth={220}
      maxHeight={320}
      w="100%"
      // Reachable by keyboard, so that it can be scrolled.
      scrollAreaProps={{ viewportProps: { tabIndex: 0 }, 'aria-label': label }}
    >
      <Table aria-label={label} verticalSpacing={6}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th w={50}>Line</Table.Th>
            <Table.Th>Column</Table.Th>
            <Table.Th>Reason</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {issues.map(({ line, column, code, message }) => (
            <Table.Tr key={`${line} ${column} ${code} ${message}`}>
              <Table.Td>{count(line)}</Table.Td>
              <Table.Td>{column ?? '–'}</Table.Td>
              <Table.Td>{message}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
      {total > issues.length && (
        <Text size="sm" c="dimmed" mt="xs">
          And {count(total - issues.length)} more.
        </Text>
      )}
    </Table.ScrollContainer>
  );
}
