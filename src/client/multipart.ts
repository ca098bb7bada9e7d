/**
 * A form with a file, as the body of an HTTP request. Not a `FormData`: of one, Node's `fetch` reads the whole file into memory,
 * however slowly it is sent, and where the server refuses the request before all of it is there (a wrong key), it ends the
 * whole process by an error that nobody can catch.
 * @param boundary in lower case, as a blob keeps its type; nothing of the form may hold it
 * @returns with its content type; read while it is sent, and as often as it is sent
 */
export function multipart(
  fields: Iterable<[name: string, value: string]>,
  file: Blob,
  name: string,
  boundary: string,
): Blob {
  const part = (head: string) => `--${boundary}\r\nContent-Disposition: form-data; ${head}\r\n`;
  const type = file.type || 'application/octet-stream';
  return new Blob(
    [
      ...Array.from(fields, ([field, value]) => `${part(`name="${quoted(field)}"`)}\r\n${value}\r\n`),
      `${part(`name="file"; filename="${quoted(name)}"`)}Content-Type: ${type}\r\n\r\n`,
      file,
      `\r\n--${boundary}--\r\n`,
    ],
    { type: `multipart/form-data; boundary=${boundary}` },
  );
}

/** As browsers write names (the HTML standard, "multipart/form-data encoding algorithm"). */
function quoted(name: string): string {
  return name.replaceAll('\n', '%0A').replaceAll('\r', '%0D').replaceAll('"', '%22');
}
