import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Problem } from '../../src/domain/problem.ts';
import { importOf, readTable, resultOf, type WholeTable } from '../support/read-table.ts';

const linksOf = ({ products }: WholeTable) => products.map(({ urls }) => urls);
const codesOf = ({ warnings }: WholeTable) => warnings.map(({ code }) => code);
const output = async (table: WholeTable) => (await resultOf(table, () => 'OUT')).toString();

async function refusalOf(file: string): Promise<Problem> {
  const read = await readTable(file).catch((error: unknown) => error);
  assert.ok(read instanceof Problem, 'it was accepted');
  return read;
}

describe('a quote', () => {
  test('that opens a cell of a TSV and closes rows further down is a letter, and gives no product the picture of another', async () => {
    const file = [
      'id\ttitle\tnote\tlink\timage_link',
      '1\tVase\tok\thttps://s.example/p1\thttps://s.example/v.jpg',
      '2\tBowl\t"Finest bowl\thttps://s.example/p2\thttps://s.example/b.jpg',
      '3\tTray\tside of 9"\thttps://s.example/p3\thttps://s.example/t.jpg',
      '',
    ].join('\n');
    const table = await readTable(file);
    assert.deepEqual(linksOf(table), [
      ['https://s.example/v.jpg'],
      ['https://s.example/b.jpg'],
      ['https://s.example/t.jpg'],
    ]);
    assert.deepEqual(codesOf(table), ['stray_quote']);
    assert.match(table.warnings[0]?.message ?? '', /opens a cell on line 3 and does not close it/);
    assert.equal(
      await output(table),
      file.replace('image_link', 'image_link\tOutput Image Urls').replaceAll(/\.jpg$/gm, '.jpg\tOUT'),
    );
  });

  test('that encloses a cell of a TSV with line breaks is none of the text', async () => {
    const table = await readTable('id\tname\timage\n1\t"Vase,\nblue ""M"""\thttps://s.example/v.jpg\n');
    assert.deepEqual([table.products[0]?.name, codesOf(table)], ['Vase,\nblue "M"', []]);
  });

  test('that swallows rows of a CSV is refused with its line, also where the next one happens to close a cell', async () => {
    const rows = [
      '1,Vase,ok,https://s.example/v.jpg',
      '2,"Bowl,ok,https://s.example/b.jpg',
      '3,Tray",ok,https://s.example/t.jpg',
    ];
    const { code, issues } = await refusalOf(`id,name,note,image\n${rows.join('\n')}\n`);
    assert.deepEqual([code, issues[0]?.line, issues[0]?.column], ['unclosed_quote', 3, 'name']);
  });

  test('does not make a list of links below each other a swallowed row', async () => {
    const table = await readTable('id,name,image\n1,Vase,"https://s.example/1.jpg\nhttps://s.example/2.jpg"\n');
    assert.deepEqual(linksOf(table), [['https://s.example/1.jpg', 'https://s.example/2.jpg']]);
  });

  test('after a space opens the cell all the same', async () => {
    const file = 'S. No., Name, Images\n1, "Vase, tall", "https://s.example/1.jpg, https://s.example/2.jpg"\n';
    const table = await readTable(file);
    assert.deepEqual(
      [table.products[0]?.name, linksOf(table)],
      ['Vase, tall', [['https://s.example/1.jpg', 'https://s.example/2.jpg']]],
    );
    assert.equal(
      await output(table),
      file.replace('Images', 'Images,Output Image Urls').replace('2.jpg"', '2.jpg","OUT,OUT"'),
    );
  });

  test('inside a text in quotes belongs to it, as written by hand', async () => {
    const table = await readTable(
      'id,name,image\n1,"a "good, old" vase",https://s.example/1.jpg\n2,"9" tray,https://s.example/2.jpg\n',
    );
    assert.deepEqual(
      table.products.map(({ name }) => name),
      ['a "good, old" vase', '"9" tray'],
    );
  });
});

describe('what separates the links of a cell', () => {
  const file =
    'ID,Name,Images,Note\n1,Vase,https://s.example/1.jpg;https://s.example/2.jpg,x\n2,Bowl,https://s.example/3.jpg | https://s.example/4.jpg,y\n';

  test('stays in the result', async () => {
    const text = await output(await readTable(file));
    assert.match(text, /^1,Vase,https:\/\/s\.example\/1\.jpg;https:\/\/s\.example\/2\.jpg,x,"OUT,OUT"$/m);
    assert.match(text, /^2,Bowl,https:\/\/s\.example\/3\.jpg \| https:\/\/s\.example\/4\.jpg,y,"OUT,OUT"$/m);
  });

  test('stays between the new links of an import', async () => {
    const imported = await importOf(await readTable(file), (link) => link.replace('s.example', 'p.example'));
    assert.equal(imported.toString(), file.replaceAll('s.example', 'p.example'));
  });
});

describe('a comma in a text without quotes', () => {
  test('never makes the page of a product its picture: the row is named', async () => {
    const table = await readTable(
      'id,name,about,link,image\n1,Vase,Tall, slim,https://s.example/p/1,https://s.example/1.jpg\n',
    );
    assert.deepEqual(
      table.rejected.map(({ line, issue }) => [line, issue.code]),
      [[2, 'shifted_cells']],
    );
    assert.match(table.rejected[0]?.issue.message ?? '', /"slim" stands under "link"\. Put quotes around/);
  });

  test('is found where the row has no more cells than the header, too', async () => {
    const rows = [
      '1,Vase,tall,https://s.example/p/1,https://s.example/1.jpg,',
      '2,Bowl,flat, wide,https://s.example/p/2,https://s.example/2.jpg',
    ];
    const table = await readTable(`id,name,about,link,image,note\n${rows.join('\n')}\n`);
    assert.deepEqual([linksOf(table), table.rejected[0]?.issue.code], [[['https://s.example/1.jpg']], 'shifted_cells']);
  });

  test('within curly quotes is named with them', async () => {
    const table = await readTable('id,name,image\n1,“Vase, tall”,https://s.example/1.jpg\n');
    assert.match(table.rejected[0]?.issue.message ?? '', /Curly quotes hold no cell together/);
  });

  test('within a link keeps it whole, wherever the image column stands', async () => {
    const table = await readTable('id,name,image,colour\n1,Vase,https://s.example/w_3,h_2/1.jpg,red\n');
    assert.deepEqual(linksOf(table), [['https://s.example/w_3,h_2/1.jpg']]);
  });
});

test('a lone CR ends a row', async () => {
  const table = await readTable(
    'id,name,image\r\n1,A,https://s.example/1.jpg\n2,B,https://s.example/2.jpg\r3,C,https://s.example/3.jpg\n',
  );
  assert.deepEqual(
    table.products.map(({ line, urls }) => [line, urls]),
    [
      [2, ['https://s.example/1.jpg']],
      [3, ['https://s.example/2.jpg']],
      [4, ['https://s.example/3.jpg']],
    ],
  );
});

test('a cell of white space in quotes comes back as it was', async () => {
  const file = 'Handle,Title,Image Src,Image Alt Text\nvase,Vase,https://s.example/1.jpg,"\n"\n';
  assert.equal(
    await output(await readTable(file)),
    file.replace('Text\n', 'Text,Output Image Urls\n').replace('"\n"', '"\n",OUT'),
  );
});

test('UTF-16 without a mark is read with letters of every script, and comes back in it', async () => {
  const text = 'id,name,image\n1,Vase 🏺,https://s.example/1.jpg\n2,丁一,https://s.example/2.jpg\n';
  for (const bytes of [Buffer.from(text, 'utf16le'), Buffer.from(text, 'utf16le').swap16()]) {
    const table = await readTable(bytes);
    assert.deepEqual(
      table.products.map(({ name }) => name),
      ['Vase 🏺', '丁一'],
    );
    const result = await resultOf(table, () => 'OUT');
    const expected = text.replace('image\n', 'image,Output Image Urls\n').replaceAll('.jpg\n', '.jpg,OUT\n');
    assert.equal(new TextDecoder(table.layout.encoding, { ignoreBOM: true }).decode(result), expected);
  }
});

test('a cell of another text is said once of its column, however often it is there', async () => {
  const rows = Array.from({ length: 500 }, (_, i) => `${i},Vase,${i % 2 ? 'N/A' : 'front.webp'}`);
  const table = await readTable(`id,name,image\n${rows.join('\n')}\n`);
  const said = table.warnings.filter(({ code }) => code === 'invalid_url');
  assert.equal(said.length, 1);
  assert.match(said[0]?.message ?? '', /^500 cells hold no http or https link.*the first is "front\.webp" on line 2/);
});

test('image columns that are not read are named', async () => {
  const table = await readTable('id,name,image,brand\n1,Vase,https://s.example/1.jpg,https://s.example/logo.png\n');
  const [warning] = table.warnings;
  assert.deepEqual([warning?.code, linksOf(table)], ['columns_not_read', [['https://s.example/1.jpg']]]);
  assert.match(warning?.message ?? '', /"brand" \(#4, 1\).*field image_columns/);
});

test('a formula is made harmless in the result, and stays in the import', async () => {
  const file = 'id,name,image,note\n1,"=Vase",https://s.example/1.jpg,-5\n';
  const table = await readTable(file);
  assert.match(await output(table), /^1,'=Vase,https:\/\/s\.example\/1\.jpg,-5,OUT$/m);
  assert.equal((await importOf(table, () => undefined)).toString(), file);
});
