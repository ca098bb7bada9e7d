export { setTokens, tokens } from './tokens';
export { turnPlane } from './turning';
export { setUnstuffed, unstuff, unstuffed } from './unstuff';
export { beginScan, isAtEnd, pourRow, readRow } from './walk';
export { countUses, write } from './write';
