import { Code, Table, Text } from '@mantine/core';
import type { Report } from '../../../src/client/types.ts';
import { SHOP_NAMES } from '../ui/shop-names.ts';

const DELIMITERS: Record<string, string> = { ',': 'comma', ';': 'semicolon', '\t': 'tab', '|': 'bar' };

/** How the file was read: columns, delimiter, encoding, and the first rows as proof. */
export function Understood({
  report: { columns, delimiter, encoding, preview, sheet, shop_export },
}: {
  report: Report;
}) {
  return (
    <div>
      <Text size="sm" mb="xs">
        {sheet === null ? (
          <>
            Read as <Code>{encoding}</Code>, columns separated by {DELIMITERS[delimiter] ?? delimiter}.
          </>
        ) : (
          <>
            Read from the sheet <Code>{sheet}</Code>.
          </>
        )}{' '}
        {shop_export && `It is an export of ${SHOP_NAMES[shop_export]}. `}
        {columns.serial_number === null ? (
          'Rows are numbered'
        ) : (
          <>
            Serial number from <Code>{columns.serial_number}</Code>
          </>
        )}
        ,{' '}
        {columns.product_name === null ? (
          nameSource(columns)
        ) : (
          <>
            name from <Code>{columns.product_name}</Code>
          </>
        )}
        , images from{' '}
        {columns.images.map((name, index) => (
          <span key={name}>
            {index > 0 && ', '}
            <Code>{name}</Code>
          </span>
        ))}
        .
      </Text>
      <Table.ScrollContainer
        minWidth={520}
        scrollAreaProps={{ viewportProps: { tabIndex: 0 }, 'aria-label': 'First rows' }}
      >
        <Table aria-label="First rows as they were read" verticalSpacing={6} withTableBorder>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>Line</Table.Th>
              <Table.Th>Serial</Table.Th>
              <Table.Th>Product</Table.Th>
              <Table.Th>Images</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {preview.map(({ line, serial_number, product_name, input_image_urls }) => (
              <Table.Tr key={line}>
                <Table.Td>{line}</Table.Td>
                <Table.Td>{serial_number}</Table.Td>
                <Table.Td>{product_name}</Table.Td>
                <Table.Td>
                  <Text size="xs" ff="monospace" lineClamp={2} className="wrap-anywhere">
                    {input_image_urls}
                  </Text>
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
    </div>
  );
}

function nameSource({ serial_number }: Report['columns']): string {
  return serial_number === null
    ? 'the file name of the first link stands for the name'
    : 'the serial number, or else the file name of the first link, stands for the name';
}
