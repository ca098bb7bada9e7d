/** The API's answers, typed by the schemas that its OpenAPI document is made of. */
import type { Static } from 'typebox';
import type {
  DeliveriesSchema,
  DetailedProductSchema,
  DetailsSchema,
  ImageSchema,
  ProblemSchema,
  ReportSchema,
  RequestListSchema,
  StatusSchema,
  UploadSchema,
} from '../../../src/http/schemas.ts';

export type CsvIssue = UploadAnswer['warnings'][number];
export type ApiProblem = Static<typeof ProblemSchema>;
export type Status = Static<typeof StatusSchema>;
export type Report = Static<typeof ReportSchema>;
export type UploadAnswer = Static<typeof UploadSchema>;
export type Image = Static<typeof ImageSchema>;
export type DetailedProduct = Static<typeof DetailedProductSchema>;
export type Details = Static<typeof DetailsSchema>;
export type RequestList = Static<typeof RequestListSchema>;
export type Deliveries = Static<typeof DeliveriesSchema>;
