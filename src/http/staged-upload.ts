import { createHash, type Hash } from 'node:crypto';
import { rm, writeFile } from 'node:fs/promises';
import type { MultipartFile } from '@fastify/multipart';
import type { FastifyRequest } from 'fastify';
import { UPLOAD_OPTIONS } from '../domain/options.ts';
import { Problem } from '../domain/problem.ts';
import { KNOWN_FIELDS } from '../domain/unknown-fields.ts';
import { shownName } from '../tables/unpack.ts';
import { FIELD_BYTES, SentFields } from './sent-fields.ts';

/** An upload whose file lies on disk, unread. */
export interface StagedUpload {
  fileName: string;
  /** Of the file's bytes as they were sent, packed or not, hexadecimal. */
  sha256: string;
  /** Of the form and of the address. */
  fields: Map<string, string>;
  fileField: 'file' | 'csv_file';
}

/** All that are known, and enough for what a framework adds by itself. */
const FIELDS = Object.keys(UPLOAD_OPTIONS).length + 24;
const NAME_OF_OBJECTS = 'A field has a name that is not taken, such as "constructor" or "__proto__". Leave it out.';
/** More than one, so that an empty file input of a browser form does not count. */
const FILES = 4;

/**
 * Reads a multipart form off the wire into a file while hashing it; fields may stand before or after the file, or in the
 * address.
 * @param path of the new file; the caller removes it, also when this throws: by then it is made, or never will be
 * @throws Problem `file_missing`, `several_files`, `csv_too_large`, `invalid_option`, `invalid_multipart`
 */
export async function stageUpload(request: FastifyRequest, path: string, csvBytes: number): Promise<StagedUpload> {
  const limits = {
    fieldNameSize: 100,
    fieldSize: FIELD_BYTES,
    fields: FIELDS,
    fileSize: csvBytes,
    files: FILES,
    parts: FIELDS + FILES,
    headerPairs: 20,
  };
  const fields = new SentFields();
  let staged: Omit<StagedUpload, 'fields'> | undefined;
  try {
    for await (const part of request.parts({ limits })) {
      if (part.type === 'field') {
        // Whatever its type says, a part may lack a name.
        fields.add(part.fieldname ?? '', String(part.value), part.valueTruncated);
      } else if (staged) {
        if (part.filename) throw new Problem('several_files');
        part.file.resume();
      } else {
        staged = await stageFile(part, path, csvBytes);
      }
    }
  } catch (error) {
    throw asUploadProblem(error);
  }
  if (staged) return { ...staged, fields: fields.over(SentFields.ofQuery(request.query as object)) };
  const asText = fields.has('file') ? 'The field "file" came as text; curl sends a file with file=@products.csv. ' : '';
  throw new Problem('file_missing', `${asText}Send the CSV or .xlsx as a file in the form field "file".`);
}

/** @returns undefined for an empty file without a name, which is what a browser sends for a file input left alone */
async function stageFile(
  part: MultipartFile,
  path: string,
  csvBytes: number,
): Promise<Omit<StagedUpload, 'fields'> | undefined> {
  const { fieldname = '', filename } = part;
  const sha256 = createHash('sha256');
  let bytes = 0;
  const hashing = async function* (chunks: AsyncIterable<Buffer>) {
    for await (const chunk of chunks) {
      bytes += chunk.length;
      sha256.update(chunk);
      yield chunk;
    }
  };
  await writeFile(path, hashing(part.file), { flag: 'wx', mode: 0o600 });
  if (!filename && bytes === 0) {
    // The real one may come yet.
    await rm(path);
    return undefined;
  }
  if (part.file.truncated) {
    throw new Problem('csv_too_large', `The limit is ${csvBytes} bytes. Split the file and upload the parts.`);
  }
  if (fieldname !== 'file' && fieldname !== 'csv_file') {
    throw new Problem('file_missing', `The file came in the field "${fieldname}". Send it in the field "file".`);
  }
  return { fileName: shownName(filename ?? ''), sha256: finish(sha256), fileField: fieldname };
}

function finish(sha256: Hash): string {
  return sha256.digest('hex');
}

/** Errors of the multipart parser, in our words. */
function asUploadProblem(cause: unknown): unknown {
  if (cause instanceof Problem) return cause;
  const { code, syscall } = cause as NodeJS.ErrnoException;
  // Our own disk, not the client's form.
  if (syscall !== undefined && code !== 'ECONNRESET') return cause;
  if (code === 'FST_FIELDS_LIMIT' || code === 'FST_PARTS_LIMIT') {
    return new Problem(
      'unknown_field',
      `The form has more than ${FIELDS} fields. Leave out those that are not known. ${KNOWN_FIELDS}`,
      { cause },
    );
  }
  if (code === 'FST_FILES_LIMIT') return new Problem('several_files', undefined, { cause });
  const detail = code === 'FST_PROTO_VIOLATION' ? NAME_OF_OBJECTS : undefined;
  return new Problem('invalid_multipart', detail, { cause });
}
