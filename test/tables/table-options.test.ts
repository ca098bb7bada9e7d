import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Problem } from '../../src/domain/problem.ts';
import { type TableOptions, tableOptions } from '../../src/domain/table-options.ts';
import { readUploadOptions } from '../../src/domain/upload-options.ts';
import { readTable } from '../support/read-table.ts';

/** As a form has them. */
const options = (fields: Record<string, string>): TableOptions =>
  tableOptions(readUploadOptions(new Map(Object.entries(fields))));

async function refusalOf(file: string, fields: Record<string, string>): Promise<Problem> {
  const read = await readTable(file, options(fields)).catch((error: unknown) => error);
  assert.ok(read instanceof Problem, 'it was accepted');
  return read;
}

const TABLE = 'Code,What,Pic A,Pic B,Family\nT1,Vase,https://s.example/1.jpg,https://s.example/2.jpg,V\nT2,Bowl,,,V\n';

describe('columns that the upload names', () => {
  test('are taken by their names or places, and images in that order', async () => {
    const fields = { serial_column: 'code', name_column: '#2', image_columns: '#4,Pic A', group_column: 'Family' };
    const { layout, products, rejected } = await readTable(TABLE, options(fields));
    assert.deepEqual(rejected, []);
    assert.deepEqual(
      [layout.serialColumn, layout.nameColumn, layout.imageColumns, layout.groupColumn],
      [0, 1, [3, 2], 4],
    );
    assert.deepEqual(
      products.map(({ serial, name, urls, group }) => [serial, name, urls.length, group]),
      [
        ['T1', 'Vase', 2, 'V'],
        ['T2', 'Bowl', 0, 'V'],
      ],
    );
    assert.equal(products[0]?.urls[0], 'https://s.example/2.jpg');
  });

  test('may have commas in their names, in a JSON array', async () => {
    const { layout } = await readTable(
      'id,"Pictures, all"\n1,https://s.example/1\n',
      options({ image_columns: '["Pictures, all"]' }),
    );
    assert.deepEqual(layout.imageColumns, [1]);
  });

  test('that several columns share mean all of them', async () => {
    const { products } = await readTable(
      'id,x,x\n1,https://s.example/1,https://s.example/2\n',
      options({ image_columns: 'x' }),
    );
    assert.equal(products[0]?.urls.length, 2);
  });

  test('and are not there refuse the upload, with those that are', async () => {
    const { code, detail } = await refusalOf(TABLE, { image_columns: 'Photo' });
    assert.equal(code, 'invalid_option');
    assert.match(detail ?? '', /"image_columns" names a column that is not there.*no column "Photo".*#3 "Pic A"/);
    assert.match((await refusalOf(TABLE, { name_column: '#9' })).detail ?? '', /has 5 columns, and no #9/);
  });
});

test('without a group a row without links is bad, with one it is a row without images', async () => {
  const { rejected } = await readTable(TABLE);
  assert.deepEqual(
    rejected.map(({ issue }) => issue.code),
    ['missing_images'],
  );
});

test('a row without a group of its own goes on with the group above', async () => {
  const file =
    'Group,Name,Image\nA,Vase,https://s.example/1.jpg\n,,https://s.example/2.jpg\nB,Bowl,https://s.example/3.jpg\n';
  const { products } = await readTable(file, options({ group_column: 'Group' }));
  assert.deepEqual(
    products.map(({ group, name }) => [group, name]),
    [
      ['A', 'Vase'],
      ['A', 'Vase'],
      ['B', 'Bowl'],
    ],
  );
});

describe('the line of the header', () => {
  const file = 'Image,list\nof,spring\n\nCode,Picture\nT1,https://s.example/1.jpg\n';

  test('is obeyed, and what stands above comes back', async () => {
    const { layout, products } = await readTable(file, options({ header_row: '4' }));
    assert.deepEqual([layout.headerLine, layout.preamble, products.length], [4, 'Image,list\nof,spring\n\n', 1]);
  });

  test('on which no row begins refuses the upload, with the lines on which rows begin', async () => {
    const { code, detail } = await refusalOf(file, { header_row: '3' });
    assert.deepEqual([code, detail?.includes('Rows begin on lines 1, 2, 4, 5.')], ['invalid_option', true]);
  });
});

test('the separator of links is obeyed where no link shows it', async () => {
  const file = 'id,image\n1,https://s.example/1%https://s.example/2\n2,a.jpg / b.jpg\n';
  const { products } = await readTable(file, options({ link_separator: '%' }));
  assert.deepEqual(products[0]?.urls, ['https://s.example/1', 'https://s.example/2']);
  const slashes = await readTable(file, options({ link_separator: ' / ' }));
  assert.equal(slashes.products.length, 2);
});

test('a delimiter may be another sign than the usual ones', async () => {
  const { layout, products } = await readTable(
    'id^name^image\n1^Vase^https://s.example/1.jpg\n',
    options({ delimiter: 'caret' }),
  );
  assert.deepEqual([layout.delimiter, products[0]?.name], ['^', 'Vase']);
});

test('a table without image columns is refused with its header, its links and what to do', async () => {
  const { code, detail, issues } = await refusalOf('Shop list\nname,page\nVase,https://s.example/products/vase\n', {});
  assert.deepEqual([code, issues[0]?.line], ['missing_columns', 2]);
  assert.match(
    detail ?? '',
    /row on line 2 looks like the header.*Links stand in "page" \(#2\).*image_columns.*header_row/,
  );
});
