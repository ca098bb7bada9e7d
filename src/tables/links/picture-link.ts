const EXTENSION = /\.(?:jpe?g|jfif|png|webp|gif|avif|heic|heif|tiff?|bmp|svg|ico|jxl)(?![a-z0-9])/i;
/** Hosts that have pictures and little else, and folders in which pictures lie. */
const PLACE =
  /^(?:https?:)?\/\/[^/]*\b(?:images?|img|imgs|photos?|pics?|media|cdn|unsplash|picsum|cloudinary|imgix|ggpht|googleusercontent|airtableusercontent|wixstatic|squarespace-cdn|placehold|placeholder|placekitten|dummyimage)\b|[/_-](?:images?|imgs?|photos?|pictures?|pics?|media|uploads?|thumbs?|thumbnails?|gallery|bilder)\/|[?&](?:width|height|w|h|format|fm|quality|imgurl)=|drive\.google\.com\/|dropbox\.com\//i;
const PAGE = /\.(?:html?|php|aspx?|jsp)(?:$|[?#])|\/(?:products?|p|dp|items?|collections?|shop|buy)\/[^.]*$/i;

/** Whether a path or a file name has the extension of a picture. */
export function isPictureName(path: string): boolean {
  return EXTENSION.test(path);
}

/** Whether a link leads to the page of a product, as far as one can tell by looking at it. */
export function isPageLink(link: string): boolean {
  return PAGE.test(link.slice(0, 2_048));
}

/** Whether a link leads to a picture, as far as one can tell by looking at it. */
export function isPictureLink(link: string): boolean {
  if (/^data:image\//i.test(link)) return true;
  if (!/^(?:https?:)?\/\/|^www\./i.test(link)) return false;
  // What is longer is looked at in part: a cell may have a megabyte.
  const short = link.slice(0, 2_048);
  return EXTENSION.test(short) || (PLACE.test(short) && !PAGE.test(short));
}
