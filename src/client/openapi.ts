/** Written by `npm run docs` from the OpenAPI document. */
export interface components {
    schemas: {
        /** @description One thing that is wrong in a CSV. */
        CsvIssue: {
            /**
             * @description Line of the file, the header included.
             * @example 7
             */
            line: number;
            /** @description Name of the column; null where the whole line is meant. */
            column: string | null;
            /**
             * @description What is wrong, for programs.
             * @example missing_images
             */
            code: string;
            /**
             * @description What is wrong, for people.
             * @example The row has no image link.
             */
            message: string;
        };
        /** @description A refused request (RFC 9457). */
        Problem: {
            /**
             * @description A name for the code, as a URI.
             * @example urn:pixmill:request_not_found
             */
            type: string;
            /**
             * @description One sentence, the same for each code.
             * @example There is no request with this id.
             */
            title: string;
            /**
             * @description The HTTP status.
             * @example 404
             */
            status: number;
            /**
             * @description What exactly is wrong, or what to do.
             * @example Check the id. The request may have been deleted, or belong to another key.
             */
            detail: string;
            /**
             * @description What went wrong, for programs. `docs/errors.md` lists all codes.
             * @example request_not_found
             */
            code: string;
            /**
             * @description The sentence that older clients know; mostly `title` again.
             * @example Wrong Request ID
             */
            error: string;
            /** @description For CSV problems: the first 100. */
            errors?: components["schemas"]["CsvIssue"][];
            /**
             * @description How many CSV problems there are in all.
             * @example 3
             */
            errors_total?: number;
        };
        /** @description The options that hold for a request, sent or not, by the names of their fields. */
        Options: {
            /**
             * @description How close the result stays to the original; for PNG 100 is lossless.
             * @default 50
             */
            quality: number;
            /**
             * @description Per cent of width and of height: 50 leaves a quarter of the pixels.
             * @default 100
             */
            scale: number;
            /** @description The largest width in pixels, after `scale`. No picture is ever enlarged. */
            max_width?: number;
            /** @description The largest height in pixels, after `scale`. No picture is ever enlarged. */
            max_height?: number;
            /**
             * @description How a picture comes to `max_width` and `max_height`. `inside`: it keeps its proportions and fits in; `pad`: to exactly that size, with `background` around it; `cover`: to exactly that size, cut around its most interesting part.
             * @default inside
             * @enum {string}
             */
            fit: "inside" | "pad" | "cover";
            /**
             * @description What is put around a picture with `fit=pad`, and behind a transparent one where its format cannot be transparent. `transparent` is white in such a format.
             * @default #ffffff
             */
            background: string;
            /**
             * @description What every image becomes; `same` keeps the format of each.
             * @default same
             * @enum {string}
             */
            format: "same" | "jpeg" | "webp" | "avif" | "png";
            /**
             * @description `fast` takes the least time, `small` gives the fewest bytes; no image gets larger with `small` than with `fast`.
             * @default fast
             * @enum {string}
             */
            effort: "fast" | "small";
            /** @description The most bytes that a picture may have: the highest quality up to `quality` that fits is taken, where the format has one (JPEG, WebP, AVIF). */
            max_bytes?: number;
            /** @description Sales channels whose published rules each main picture is held against; what breaks one gets a note such as `check_amazon_too_small`. */
            checks?: ("google-merchant" | "amazon" | "ebay")[];
            /**
             * @description Sets format, quality, size and checks together, as `GET /api/presets` lists them; each option that is sent besides wins.
             * @enum {string}
             */
            preset?: "amazon" | "ebay" | "google-merchant" | "shopify" | "web";
            /** @description Further pictures of each image, 10 at most, from one download: a JSON list of objects with a `name` and any of `quality`, `scale`, `max_width`, `max_height`, `fit`, `background`, `format`, `effort`, `max_bytes`. What an object leaves out is as for the main picture. */
            renditions?: {
                /** @description Letters of English, digits, `_`, `-`; not `main`. */
                name: string;
                /** @description How close the result stays to the original; for PNG 100 is lossless. */
                quality?: number;
                /** @description Per cent of width and of height: 50 leaves a quarter of the pixels. */
                scale?: number;
                /** @description The largest width in pixels, after `scale`. No picture is ever enlarged. */
                max_width?: number;
                /** @description The largest height in pixels, after `scale`. No picture is ever enlarged. */
                max_height?: number;
                /**
                 * @description How a picture comes to `max_width` and `max_height`. `inside`: it keeps its proportions and fits in; `pad`: to exactly that size, with `background` around it; `cover`: to exactly that size, cut around its most interesting part.
                 * @enum {string}
                 */
                fit?: "inside" | "pad" | "cover";
                /** @description What is put around a picture with `fit=pad`, and behind a transparent one where its format cannot be transparent. `transparent` is white in such a format. */
                background?: string;
                /**
                 * @description What every image becomes; `same` keeps the format of each.
                 * @enum {string}
                 */
                format?: "same" | "jpeg" | "webp" | "avif" | "png";
                /**
                 * @description `fast` takes the least time, `small` gives the fewest bytes; no image gets larger with `small` than with `fast`.
                 * @enum {string}
                 */
                effort?: "fast" | "small";
                /** @description The most bytes that a picture may have: the highest quality up to `quality` that fits is taken, where the format has one (JPEG, WebP, AVIF). */
                max_bytes?: number;
            }[];
            /** @description What the files are called, without the extension: a template of text and {name}, {serial}, {position}, {source}, {rendition}, {random} and {column:Header}. `{source}` is the file name of the link, `{random}` what cannot be guessed; without it the folder in the path cannot be guessed. White space, controls and `/\:*?"<>|,;` become `-`. */
            name?: string;
            /** @description The column of serial numbers: its name in the header, or its place, such as `#3`. */
            serial_column?: string;
            /** @description The column of product names. */
            name_column?: string;
            /** @description The columns of image links, in the order in which they are read; a JSON array where names hold commas. */
            image_columns?: string[];
            /** @description Rows with the same cell in this column are one product: they take what they lack from the row above, may have no image, and are counted together. */
            group_column?: string;
            /** @description The line of the header, counted from 1; of a workbook the row. */
            header_row?: number;
            /** @description The sheet of a workbook: its name, or its number from 1. */
            sheet?: string;
            /** @description The encoding of a CSV, as the WHATWG names it. */
            encoding?: string;
            /**
             * @description What separates the columns.
             * @enum {string}
             */
            delimiter?: "," | ";" | "\t" | "|" | "^" | "~" | ":";
            /** @description What separates the links within a cell; `\n` for a line break. */
            link_separator?: string;
            /**
             * @description `refuse`: one bad row refuses the upload; `skip`: bad rows are left out, counted in `rows_skipped`, and listed in `errors.csv`.
             * @default refuse
             * @enum {string}
             */
            on_error: "refuse" | "skip";
            /** @description A name for the upload, shown and searched in the list of requests. */
            label?: string;
        };
        /** @description How far a request is. */
        Status: {
            /**
             * @description Names the request in every other call.
             * @example 0199d3a4-7b1c-7c3e-9a54-2f0c6a3e8d11
             */
            request_id: string;
            /**
             * @description Completed: at least one image is done. Failed: none is.
             * @enum {string}
             */
            status: "Pending" | "Processing" | "Completed" | "Failed" | "Cancelled";
            /**
             * @description As uploaded; of a packed file the name inside.
             * @example products.csv
             */
            file_name: string;
            options: components["schemas"]["Options"];
            /** @description Whose product export was recognised: `layout=import` makes a result that can be imported there again. */
            shop_export: ("shopify" | "woocommerce" | "google-merchant" | "magento" | "prestashop" | "wix" | "squarespace" | "ebay" | "amazon" | "bigcommerce") | null;
            /**
             * @description Rows of the CSV that are worked on.
             * @example 3
             */
            products_total: number;
            /**
             * @description Rows that cannot be used and were left out (`on_error=skip`).
             * @example 0
             */
            rows_skipped: number;
            /**
             * @description Image links. Always pending + done + failed.
             * @example 5
             */
            images_total: number;
            /**
             * @description Done or failed.
             * @example 4
             */
            images_processed: number;
            /**
             * @description See the details for the reasons.
             * @example 1
             */
            images_failed: number;
            /**
             * @description Neither done nor failed yet.
             * @example 1
             */
            images_pending: number;
            /**
             * @description How many images have each note, by its code. `docs/errors.md` lists all codes.
             * @example {
             *       "link_repaired": 2
             *     }
             */
            notes: {
                [key: string]: number;
            };
            /**
             * @description Per cent processed.
             * @example 80
             */
            progress: number;
            /**
             * @description Bytes downloaded.
             * @example 1284310
             */
            bytes_in: number;
            /**
             * @description Bytes after compressing.
             * @example 411042
             */
            bytes_out: number;
            /**
             * @description Per cent of the bytes that were saved.
             * @example 68
             */
            saved_percent: number;
            /** @description Seconds left at the rate so far; null where nothing tells. */
            eta_seconds: number | null;
            /**
             * Format: date-time
             * @description When it was uploaded.
             * @example 2026-03-14T09:26:53.589Z
             */
            created_at: string;
            /**
             * Format: date-time
             * @description When anything about it last changed.
             * @example 2026-03-14T09:26:53.589Z
             */
            updated_at: string;
            /** @description When the first image was begun. */
            started_at: string | null;
            /** @description When the last image was settled. */
            finished_at: string | null;
            /** @description Where the result is announced. */
            webhook: {
                url: string;
            } | null;
            /**
             * Format: uri
             * @description Every image with its outcome.
             */
            details_url: string;
            /** @description The result CSV; null until the request is finished. */
            download_url: string | null;
        };
        /** @description How a table was read. */
        TableReport: {
            /**
             * @description How the bytes were read, as the WHATWG names it.
             * @example utf-8
             */
            encoding: string;
            /** @description False: it is a guess, and `encoding` may name another one. */
            encoding_sure: boolean;
            /** @description Line of the header; null where there is none. */
            header_row: number | null;
            /** @description The sheet that was read; null for a CSV. */
            sheet: string | null;
            /** @description All sheets of a workbook. */
            sheets: string[];
            /** @description All columns, in their order. */
            columns: {
                /**
                 * @description From 1, as in `#3`.
                 * @example 3
                 */
                index: number;
                header: string;
                /** @description What it is read as; null: kept, and not read. */
                role: ("serial_number" | "product_name" | "image" | "group" | "output") | null;
                /**
                 * @description Links in it.
                 * @example 3
                 */
                links: number;
                /** @description The first cell that is not empty, shortened. */
                sample: string;
            }[];
            /** @description The first 100 links that say when they end. */
            links_expiring: {
                line: number;
                position: number;
                /**
                 * Format: date-time
                 * @description When the link ends.
                 * @example 2026-03-14T09:26:53.589Z
                 */
                at: string;
            }[];
            /** @description What the caller may still use; null where nothing is limited. */
            quota: {
                /** @description Images that may still be uploaded today; null: any number. */
                images_left: number | null;
                /** @description Requests that may still be open at once; null: any number. */
                requests_left: number | null;
            } | null;
        };
        /** @description How a CSV was understood (dry run). */
        Report: {
            /** @description Whose product export was recognised. */
            shop_export: ("shopify" | "woocommerce" | "google-merchant" | "magento" | "prestashop" | "wix" | "squarespace" | "ebay" | "amazon" | "bigcommerce") | null;
            /** @description The sheet that was read; null for a CSV. */
            sheet: string | null;
            /**
             * @description How the bytes were read.
             * @example utf-8
             */
            encoding: string;
            /**
             * @description What separates the columns.
             * @example ,
             */
            delimiter: string;
            /** @description The columns that are used, by their names in the file. */
            columns: {
                /** @description Null: the rows are numbered. */
                serial_number: string | null;
                /** @description Null: the serial number, or else the file name of the first link, stands for the name. */
                product_name: string | null;
                images: string[];
            };
            /**
             * @description Links that differ; equal ones are downloaded once.
             * @example 3
             */
            different_images: number;
            /** @description The hosts with the most images, of the first 10,000 hosts. */
            hosts: {
                host: string;
                images: number;
            }[];
            /**
             * @description Hosts in all.
             * @example 1
             */
            hosts_total: number;
            table: components["schemas"]["TableReport"];
            /** @description The first products as they were read. */
            preview: {
                line: number;
                serial_number: number | string;
                product_name: string;
                input_image_urls: string;
            }[];
        };
        /** @description An accepted upload, or the report of a dry run. */
        Upload: {
            /** @description Names the request in every other call; null for a dry run. */
            request_id: string | null;
            /** @description Null for a dry run. */
            status: ("Pending" | "Processing" | "Completed" | "Failed" | "Cancelled") | null;
            /**
             * @description Rows of the CSV that are worked on.
             * @example 3
             */
            products_total: number;
            /**
             * @description Image links. Always pending + done + failed.
             * @example 5
             */
            images_total: number;
            /**
             * @description Rows that cannot be used and were left out (`on_error=skip`).
             * @example 0
             */
            rows_skipped: number;
            /** @description Worth knowing, no reason to refuse. */
            warnings: components["schemas"]["CsvIssue"][];
            /**
             * @description Warnings in all.
             * @example 0
             */
            warnings_total: number;
            /** @description Rows that were left out (`on_error=skip`), or that would refuse the upload (dry run). */
            errors: components["schemas"]["CsvIssue"][];
            /**
             * @description Such rows in all.
             * @example 0
             */
            errors_total: number;
            report?: components["schemas"]["Report"];
        };
        /** @description A CSV, and what is to be done with its images. */
        UploadForm: {
            /**
             * Format: binary
             * @description The CSV, also packed as `.csv.gz` or as a `.zip` that holds nothing else, or an Excel workbook (`.xlsx`).
             */
            file: string;
            /**
             * @description How close the result stays to the original; for PNG 100 is lossless.
             * @default 50
             */
            quality?: number;
            /**
             * @description Per cent of width and of height: 50 leaves a quarter of the pixels.
             * @default 100
             */
            scale?: number;
            /**
             * @description The largest width in pixels, after `scale`. No picture is ever enlarged. Such as `1600`; may be left empty.
             * @example
             * @example 1600
             */
            max_width?: number;
            /**
             * @description The largest height in pixels, after `scale`. No picture is ever enlarged. Such as `1600`; may be left empty.
             * @example
             * @example 1600
             */
            max_height?: number;
            /**
             * @description How a picture comes to `max_width` and `max_height`. `inside`: it keeps its proportions and fits in; `pad`: to exactly that size, with `background` around it; `cover`: to exactly that size, cut around its most interesting part.
             * @default inside
             * @enum {string}
             */
            fit?: "inside" | "pad" | "cover";
            /**
             * @description What is put around a picture with `fit=pad`, and behind a transparent one where its format cannot be transparent. `transparent` is white in such a format.
             * @default #ffffff
             */
            background?: string;
            /**
             * @description What every image becomes; `same` keeps the format of each.
             * @default same
             * @enum {string}
             */
            format?: "same" | "jpeg" | "webp" | "avif" | "png";
            /**
             * @description `fast` takes the least time, `small` gives the fewest bytes; no image gets larger with `small` than with `fast`.
             * @default fast
             * @enum {string}
             */
            effort?: "fast" | "small";
            /**
             * @description The most bytes that a picture may have: the highest quality up to `quality` that fits is taken, where the format has one (JPEG, WebP, AVIF). Such as `200000`; may be left empty.
             * @example
             * @example 200000
             */
            max_bytes?: number;
            /**
             * @description Sales channels whose published rules each main picture is held against; what breaks one gets a note such as `check_amazon_too_small`. Such as `amazon,ebay`; may be left empty.
             * @example
             * @example amazon,ebay
             */
            checks?: string;
            /**
             * @description Sets format, quality, size and checks together, as `GET /api/presets` lists them; each option that is sent besides wins. Such as `web`; may be left empty.
             * @example
             * @example web
             * @enum {string}
             */
            preset?: "amazon" | "ebay" | "google-merchant" | "shopify" | "web";
            /**
             * @description Further pictures of each image, 10 at most, from one download: a JSON list of objects with a `name` and any of `quality`, `scale`, `max_width`, `max_height`, `fit`, `background`, `format`, `effort`, `max_bytes`. What an object leaves out is as for the main picture. Such as `[{"name": "thumb", "max_width": 320, "format": "webp"}]`; may be left empty.
             * @example
             * @example [{"name": "thumb", "max_width": 320, "format": "webp"}]
             */
            renditions?: string;
            /**
             * @description What the files are called, without the extension: a template of text and {name}, {serial}, {position}, {source}, {rendition}, {random} and {column:Header}. `{source}` is the file name of the link, `{random}` what cannot be guessed; without it the folder in the path cannot be guessed. White space, controls and `/\:*?"<>|,;` become `-`. Such as `{serial}-{position}`; may be left empty.
             * @example
             * @example {serial}-{position}
             */
            name?: string;
            /**
             * @description The column of serial numbers: its name in the header, or its place, such as `#3`. Such as `SKU`; may be left empty.
             * @example
             * @example SKU
             */
            serial_column?: string;
            /**
             * @description The column of product names. Such as `Title`; may be left empty.
             * @example
             * @example Title
             */
            name_column?: string;
            /**
             * @description The columns of image links, in the order in which they are read; a JSON array where names hold commas. Such as `Image Src,#7`; may be left empty.
             * @example
             * @example Image Src,#7
             */
            image_columns?: string;
            /**
             * @description Rows with the same cell in this column are one product: they take what they lack from the row above, may have no image, and are counted together. Such as `Handle`; may be left empty.
             * @example
             * @example Handle
             */
            group_column?: string;
            /**
             * @description The line of the header, counted from 1; of a workbook the row. Such as `4`; may be left empty.
             * @example
             * @example 4
             */
            header_row?: number;
            /**
             * @description The sheet of a workbook: its name, or its number from 1. Such as `Products`; may be left empty.
             * @example
             * @example Products
             */
            sheet?: string;
            /**
             * @description The encoding of a CSV, as the WHATWG names it. Such as `windows-1252`; may be left empty.
             * @example
             * @example windows-1252
             */
            encoding?: string;
            /**
             * @description What separates the columns. Such as `;`; may be left empty.
             * @example
             * @example ;
             */
            delimiter?: string;
            /**
             * @description What separates the links within a cell; `\n` for a line break. Such as `~`; may be left empty.
             * @example
             * @example ~
             */
            link_separator?: string;
            /**
             * @description `refuse`: one bad row refuses the upload; `skip`: bad rows are left out, counted in `rows_skipped`, and listed in `errors.csv`.
             * @default refuse
             * @enum {string}
             */
            on_error?: "refuse" | "skip";
            /**
             * @description A name for the upload, shown and searched in the list of requests. Such as `Spring catalogue`; may be left empty.
             * @example
             * @example Spring catalogue
             */
            label?: string;
            /**
             * @description Says what the upload would do; keeps nothing, downloads nothing.
             * @default false
             */
            dry_run?: boolean;
            /**
             * @description Called once all is done. Such as `https://shop.example/hook`; may be left empty.
             * @example
             * @example https://shop.example/hook
             */
            webhook_url?: string;
        };
        /** @description One image link and what became of it. */
        Image: {
            /**
             * @description Place in its product.
             * @example 1
             */
            position: number;
            /**
             * @description The link as uploaded.
             * @example https://shop.example/mug.jpg
             */
            input_url: string;
            /** @description Where the compressed image is; where links are signed, for a time. */
            output_url: string | null;
            /** @description Its key in the storage. */
            path: string | null;
            /**
             * @description An image ends as done or failed, once.
             * @enum {string}
             */
            status: "pending" | "done" | "failed";
            /** @description `kept_original`: compressing would have made it larger. */
            outcome: ("compressed" | "kept_original") | null;
            /** @description Why it failed. */
            error: {
                /**
                 * @description For programs.
                 * @example http_404
                 */
                code: string;
                /**
                 * @description For people.
                 * @example The image host answered with status 404.
                 */
                message: string;
                /**
                 * @description Where it failed.
                 * @example download
                 */
                stage: string;
            } | null;
            /** @description What to know of an image that is done; mostly nothing. */
            notes: {
                /**
                 * @description For programs. `docs/errors.md` lists all codes.
                 * @example link_repaired
                 */
                code: string;
                /**
                 * @description For people.
                 * @example The image was fetched from https://shop.example/mug.jpg.
                 */
                message: string;
            }[];
            /** @description Format of the download. */
            format_in: ("jpeg" | "webp" | "avif" | "png" | "gif" | "heic" | "tiff" | "bmp" | "svg" | "ico" | "jxl") | null;
            /** @description Format of the result. */
            format_out: ("jpeg" | "webp" | "avif" | "png" | "gif") | null;
            /** @description Pixels. */
            width_in: number | null;
            /** @description Pixels. */
            height_in: number | null;
            /** @description Pixels of the result. */
            width: number | null;
            /** @description Pixels of the result. */
            height: number | null;
            /** @description Size of the download. */
            bytes_in: number | null;
            /** @description Size of the result. */
            bytes_out: number | null;
            /** @description What to show until the picture is there; null where it was made by an older version, or from a JPEG that stays one at its size with effort=fast: that is never decoded. */
            placeholder: {
                /**
                 * @description The main colour.
                 * @example #7a5c3e
                 */
                colour: string;
                /**
                 * @description A blurred picture in some 25 bytes, as base64 (ThumbHash).
                 * @example 3OcRJYB4d3h/iIeHeEh3eIhw+j3A
                 */
                thumbhash: string;
            } | null;
            /** @description The further pictures of the image, by the names that the upload gave them. */
            renditions: {
                [key: string]: {
                    /**
                     * @description Where it is.
                     * @example https://pixmill.example/api/image/blue-mug-1-7kq2m9xd4f8hzv31np5t.jpg
                     */
                    output_url: string;
                    /**
                     * @description Its key in the storage.
                     * @example blue-mug-1-7kq2m9xd4f8hzv31np5t.jpg
                     */
                    path: string;
                    /**
                     * @description Its format.
                     * @enum {string}
                     */
                    format_out: "jpeg" | "webp" | "avif" | "png" | "gif";
                    /**
                     * @description Pixels.
                     * @example 320
                     */
                    width: number;
                    /**
                     * @description Pixels.
                     * @example 240
                     */
                    height: number;
                    /**
                     * @description Its size.
                     * @example 8211
                     */
                    bytes_out: number;
                };
            };
            /** @description The attribute of the same name for an `<img>`: the pictures of the same proportions with their widths; null where there is one alone. */
            srcset: string | null;
            /**
             * @description Tries so far.
             * @example 1
             */
            attempts: number;
            /**
             * Format: date-time
             * @description When it was uploaded.
             * @example 2026-03-14T09:26:53.589Z
             */
            created_at: string;
            /**
             * Format: date-time
             * @description When it last changed.
             * @example 2026-03-14T09:26:53.589Z
             */
            updated_at: string;
        };
        /** @description One row of the CSV. */
        Product: {
            /**
             * @description A number where the cell is a plain integer; the number of the row where there is none.
             * @example 1
             */
            serial_number: number | string;
            /**
             * @description As uploaded; where there is none, the serial number, or else the file name of the first link.
             * @example Blue mug
             */
            product_name: string;
            /** @description Its cell in the group column, where the table has one. */
            group?: string | null;
            /**
             * @description Comma-joined.
             * @example https://shop.example/mug.jpg,https://shop.example/mug-2.jpg
             */
            input_image_urls: string;
            /**
             * @description Comma-joined, slot by slot as the inputs; a failed slot is `Error processing image`, a pending one is empty.
             * @example https://pixmill.example/api/image/blue-mug-1-7kq2m9xd4f8hzv31np5t.jpg,Error processing image
             */
            output_image_urls: string;
        };
        Products: {
            /**
             * @description Names the request in every other call.
             * @example 0199d3a4-7b1c-7c3e-9a54-2f0c6a3e8d11
             */
            request_id: string;
            products: components["schemas"]["Product"][];
        };
        DetailedProduct: {
            /**
             * @description A number where the cell is a plain integer; the number of the row where there is none.
             * @example 1
             */
            serial_number: number | string;
            /**
             * @description As uploaded; where there is none, the serial number, or else the file name of the first link.
             * @example Blue mug
             */
            product_name: string;
            /** @description Its cell in the group column, where the table has one. */
            group?: string | null;
            /**
             * @description Line of the file.
             * @example 2
             */
            line: number;
            images: components["schemas"]["Image"][];
        };
        /** @description The status with every product and image. */
        Details: {
            /**
             * @description Names the request in every other call.
             * @example 0199d3a4-7b1c-7c3e-9a54-2f0c6a3e8d11
             */
            request_id: string;
            /**
             * @description Completed: at least one image is done. Failed: none is.
             * @enum {string}
             */
            status: "Pending" | "Processing" | "Completed" | "Failed" | "Cancelled";
            /**
             * @description As uploaded; of a packed file the name inside.
             * @example products.csv
             */
            file_name: string;
            options: components["schemas"]["Options"];
            /** @description Whose product export was recognised: `layout=import` makes a result that can be imported there again. */
            shop_export: ("shopify" | "woocommerce" | "google-merchant" | "magento" | "prestashop" | "wix" | "squarespace" | "ebay" | "amazon" | "bigcommerce") | null;
            /**
             * @description Rows of the CSV that are worked on.
             * @example 3
             */
            products_total: number;
            /**
             * @description Rows that cannot be used and were left out (`on_error=skip`).
             * @example 0
             */
            rows_skipped: number;
            /**
             * @description Image links. Always pending + done + failed.
             * @example 5
             */
            images_total: number;
            /**
             * @description Done or failed.
             * @example 4
             */
            images_processed: number;
            /**
             * @description See the details for the reasons.
             * @example 1
             */
            images_failed: number;
            /**
             * @description Neither done nor failed yet.
             * @example 1
             */
            images_pending: number;
            /**
             * @description How many images have each note, by its code. `docs/errors.md` lists all codes.
             * @example {
             *       "link_repaired": 2
             *     }
             */
            notes: {
                [key: string]: number;
            };
            /**
             * @description Per cent processed.
             * @example 80
             */
            progress: number;
            /**
             * @description Bytes downloaded.
             * @example 1284310
             */
            bytes_in: number;
            /**
             * @description Bytes after compressing.
             * @example 411042
             */
            bytes_out: number;
            /**
             * @description Per cent of the bytes that were saved.
             * @example 68
             */
            saved_percent: number;
            /** @description Seconds left at the rate so far; null where nothing tells. */
            eta_seconds: number | null;
            /**
             * Format: date-time
             * @description When it was uploaded.
             * @example 2026-03-14T09:26:53.589Z
             */
            created_at: string;
            /**
             * Format: date-time
             * @description When anything about it last changed.
             * @example 2026-03-14T09:26:53.589Z
             */
            updated_at: string;
            /** @description When the first image was begun. */
            started_at: string | null;
            /** @description When the last image was settled. */
            finished_at: string | null;
            /** @description Where the result is announced. */
            webhook: {
                url: string;
            } | null;
            /**
             * Format: uri
             * @description Every image with its outcome.
             */
            details_url: string;
            /** @description The result CSV; null until the request is finished. */
            download_url: string | null;
            products: components["schemas"]["DetailedProduct"][];
            /** @description Asks for the next page as `cursor`; null on the last. */
            next_cursor: string | null;
        };
        RequestList: {
            requests: components["schemas"]["Status"][];
            /** @description Asks for the next page as `cursor`; null on the last. */
            next_cursor: string | null;
        };
        /** @description One attempt at a webhook. */
        Delivery: {
            /**
             * @description The same on every attempt.
             * @example msg_0199d3a47b1c
             */
            webhook_id: string;
            /**
             * @description Where it was sent.
             * @example https://shop.example/hook
             */
            url: string;
            /**
             * @description What became of the message with this attempt.
             * @enum {string}
             */
            state: "waiting" | "delivered" | "given_up";
            /**
             * Format: date-time
             * @description When it was sent.
             * @example 2026-03-14T09:26:53.589Z
             */
            at: string;
            /**
             * @description How long it took.
             * @example 120
             */
            duration_ms: number;
            /** @description What the receiver answered. */
            status_code: number | null;
            /** @description Why there was no answer. */
            error: string | null;
            /** @description When the next attempt is due. */
            next_at: string | null;
        };
        Deliveries: {
            /**
             * @description Names the request in every other call.
             * @example 0199d3a4-7b1c-7c3e-9a54-2f0c6a3e8d11
             */
            request_id: string;
            deliveries: components["schemas"]["Delivery"][];
        };
        UsedDay: {
            /**
             * @description In UTC.
             * @example 2026-03-14
             */
            day: string;
            /**
             * @description Uploads that were accepted.
             * @example 3
             */
            requests: number;
            /**
             * @description Images of these, and images that were tried again.
             * @example 1200
             */
            images: number;
            /**
             * @description Images that were taken from before, and neither downloaded nor made again.
             * @example 1000
             */
            images_reused: number;
            /**
             * @description Bytes of images that were downloaded.
             * @example 52000000
             */
            bytes_transferred: number;
            /**
             * @description Bytes of the images that are done.
             * @example 21000000
             */
            bytes_out: number;
        };
        CustomerUsage: {
            /**
             * @description Of the customer; of a plain key `key:` and a digest; empty where no keys are in use.
             * @example acme
             */
            name: string;
            days: components["schemas"]["UsedDay"][];
        };
        Usage: {
            customers: components["schemas"]["CustomerUsage"][];
        };
        Health: {
            /**
             * @description How it is.
             * @example ok
             */
            status: string;
            /**
             * @description Of Pixmill.
             * @example 1.0.0
             */
            version: string;
        };
        Presets: {
            presets: {
                /**
                 * @description The value of `preset`.
                 * @example web
                 */
                name: string;
                /**
                 * @description For people.
                 * @example Amazon
                 */
                title: string;
                /** @description What it sets. */
                options: {
                    [key: string]: unknown;
                };
                /** @description Where the rules stand that it follows; null where it follows none. */
                source: string | null;
                /** @description The day on which they were read. */
                as_of: string | null;
            }[];
        };
    };
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
