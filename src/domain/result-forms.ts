/** What a result table is for: to be looked at, to be imported into a shop again, to see what became of each image. */
export const LAYOUTS = ['result', 'import', 'report'] as const;
export type Layout = (typeof LAYOUTS)[number];

/** What a result table can be: the text that was uploaded, or a workbook. */
export const FORMATS = ['csv', 'xlsx'] as const;
export type Format = (typeof FORMATS)[number];
