const SAMPLE = `S. No.,Product Name,Input Image Urls
1,Blue mug,"https://shop.example/mug-front.jpg,https://shop.example/mug-back.jpg"
2,Oak chair,https://shop.example/chair.png
`;

/** A CSV to fill in, made here: it has to show the columns, not to work. */
export function downloadSample(): void {
  const url = URL.createObjectURL(new Blob([SAMPLE], { type: 'text/csv' }));
  const link = document.createElement('a');
  link.href = url;
  link.download = 'sample.csv';
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
