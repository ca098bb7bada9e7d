export { setTokens, tokens } from './tokens';
export { beginScan, isAtEnd, pourRow, readRow } from './walk';
export { countUses, write } from './write';
