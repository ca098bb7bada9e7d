import type { components } from './openapi.ts';

type Schemas = components['schemas'];

export type CsvIssue = Schemas['CsvIssue'];
export type Problem = Schemas['Problem'];
export type Status = Schemas['Status'];
export type Report = Schemas['Report'];
export type Image = Schemas['Image'];
export type Product = Schemas['DetailedProduct'];
export type Details = Schemas['Details'];
export type RequestList = Schemas['RequestList'];
export type Delivery = Schemas['Delivery'];
export type Deliveries = Schemas['Deliveries'];

type FormFields = Omit<Schemas['UploadForm'], 'file' | 'dry_run'>;

/** Fields that the API takes as a text: a list may be given as one, and is sent as JSON. */
type Lists = 'checks' | 'image_columns' | 'renditions';

/** The fields of an upload, by their names in the API. */
export type UploadFields = Omit<FormFields, Lists> & { [Name in Lists]?: string | readonly (string | object)[] };

/** An upload that the server works on. */
export type Accepted = Schemas['Upload'] & { request_id: string };

/** What an upload would do. */
export type Checked = Schemas['Upload'] & { request_id: null; report?: Report };
