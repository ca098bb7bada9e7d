export { beginScan, decodeMcuRow, isAtSegmentEnd, requantizeBlockRow } from './decode-scan';
export { countSymbols, encodeScan } from './encode-scan';
export { nextSymbol, setNextSymbol } from './symbols';
export { transformComponent } from './transform';
export { setUnstuffed, unstuff, unstuffed } from './unstuff';
