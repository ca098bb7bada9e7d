import { crc32, deflateRawSync } from 'node:zlib';

export interface ZipPart {
  name: string;
  content: Buffer;
  stored?: boolean;
  flags?: number;
  crc?: number;
}

/** An archive as an ordinary packer writes it. */
export function zip(...parts: ZipPart[]): Buffer {
  return pack(parts, false);
}

/** The same as packers write it that put every number into a field of 64 bits. */
export function zip64(...parts: ZipPart[]): Buffer {
  return pack(parts, true);
}

function pack(parts: ZipPart[], wide: boolean): Buffer {
  const files: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const { name, content, stored = false, flags = 0, crc = crc32(content) } of parts) {
    const packed = stored ? content : deflateRawSync(content);
    const common = Buffer.alloc(26);
    common.writeUInt16LE(20, 0);
    common.writeUInt16LE(flags, 2);
    common.writeUInt16LE(stored ? 0 : 8, 4);
    common.writeUInt32LE(crc, 10);
    common.writeUInt32LE(wide ? 0xffffffff : packed.length, 14);
    // What an archive says of itself is not to be believed.
    common.writeUInt32LE(wide ? 0xffffffff : 1, 18);
    common.writeUInt16LE(Buffer.byteLength(name), 22);
    const extra = wide
      ? Buffer.concat([Buffer.from([9, 9, 0, 0, 1, 0, 24, 0]), numbers(1, packed.length, offset)])
      : '';
    const listed = Buffer.from(common);
    listed.writeUInt16LE(extra.length, 24);
    const rest = Buffer.alloc(14);
    rest.writeUInt32LE(wide ? 0xffffffff : offset, 10);
    directory.push(Buffer.from('PK\x01\x02\x14\0', 'latin1'), listed, rest, Buffer.from(name), Buffer.from(extra));
    const file = Buffer.concat([Buffer.from('PK\x03\x04', 'latin1'), common, Buffer.from(name), packed]);
    files.push(file);
    offset += file.length;
  }
  const listed = Buffer.concat(directory);
  const end = Buffer.alloc(18);
  end.writeUInt16LE(parts.length, 4);
  end.writeUInt16LE(parts.length, 6);
  end.writeUInt32LE(wide ? 0xffffffff : listed.length, 8);
  end.writeUInt32LE(wide ? 0xffffffff : offset, 12);
  return Buffer.concat([
    ...files,
    listed,
    ...(wide ? wideEnd(parts.length, listed.length, offset) : []),
    Buffer.from('PK\x05\x06', 'latin1'),
    end,
  ]);
}

function wideEnd(count: number, bytes: number, offset: number): Buffer[] {
  const versions = Buffer.from([45, 0, 45, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
  const record = [Buffer.from('PK\x06\x06', 'latin1'), numbers(44), versions, numbers(count, count, bytes, offset)];
  const locator = [Buffer.from('PK\x06\x07\0\0\0\0', 'latin1'), numbers(offset + bytes), Buffer.from([1, 0, 0, 0])];
  return [...record, ...locator];
}

function numbers(...values: number[]): Buffer {
  const buffer = Buffer.alloc(values.length * 8);
  for (const [index, value] of values.entries()) buffer.writeBigUInt64LE(BigInt(value), index * 8);
  return buffer;
}
