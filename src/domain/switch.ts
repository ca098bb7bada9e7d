const ON = ['on', 'true', '1', 'yes'];
const OFF = ['off', 'false', '0', 'no'];

/** Reads a switch, however it is spelt. @returns undefined for a text that is none */
export function readSwitch(text: string): boolean | undefined {
  const word = text.trim().toLowerCase();
  if (ON.includes(word)) return true;
  return OFF.includes(word) ? false : undefined;
}
