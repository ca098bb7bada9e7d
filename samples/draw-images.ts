import sharp, { type Sharp } from 'sharp';

/** A picture of the sample shop. */
export interface SampleImage {
  /** As the origin serves it. */
  file: string;
  product: string;
  draw(): Promise<Buffer>;
}

const WIDTH = 1600;
const HEIGHT = 1200;

const MUGS = { Blue: 220, Red: 0, Green: 130, Yellow: 52, Purple: 275, Teal: 178, Orange: 26, Pink: 330 };
const TEES = ['Sun', 'Moon', 'Star', 'Wave', 'Leaf', 'Drop', 'Rock', 'Wind'];
const VASES = ['Round', 'Tall', 'Wide', 'Slim', 'Low', 'High'];

const hue = (index: number) => (index * 47) % 360;

/** A backdrop with light and grain like a photograph's, so that there is something to compress. */
function scene(colour: number, drawing: string): Sharp {
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${HEIGHT}" viewBox="0 0 400 300">
    <defs>
      <radialGradient id="wall"><stop offset="0" stop-color="hsl(${colour},35%,92%)"/><stop offset="1" stop-color="hsl(${colour},30%,66%)"/></radialGradient>
      <linearGradient id="body" x2="1"><stop offset="0" stop-color="hsl(${colour},70%,62%)"/><stop offset="1" stop-color="hsl(${colour},70%,34%)"/></linearGradient>
      <filter id="grain"><feTurbulence baseFrequency="0.9" numOctaves="2" seed="${colour}"/><feColorMatrix values="0 0 0 0 .5 0 0 0 0 .5 0 0 0 0 .5 0 0 0 .35 0"/></filter>
    </defs>
    <rect width="400" height="300" fill="url(#wall)"/>
    <ellipse cx="200" cy="246" rx="110" ry="16" fill="#000" opacity=".22"/>
    ${drawing}
    <rect width="400" height="300" filter="url(#grain)" opacity=".3"/>
  </svg>`;
  return sharp(Buffer.from(svg));
}

const MUG = `<path d="M130 90h120v130q0 26-26 26h-68q-26 0-26-26z" fill="url(#body)"/>
  <path d="M250 115h22q28 0 28 36t-28 36h-22" fill="none" stroke="url(#body)" stroke-width="17"/>
  <ellipse cx="190" cy="90" rx="60" ry="12" fill="#fff" opacity=".5"/>`;
const TEE = `<path d="M120 70l45-20q35 28 70 0l45 20 30 50-35 20-15-20v126H140V120l-15 20-35-20z" fill="url(#body)"/>`;
const VASE = `<path d="M175 50h50v36q46 34 46 92 0 68-46 68h-50q-46 0-46-68 0-58 46-92z" fill="url(#body)"/>`;

/** The same drawing on nothing, as shops like their PNGs. */
function cutOut(colour: number, drawing: string): Promise<Buffer> {
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="1200" height="900" viewBox="0 0 400 300">
    <defs><linearGradient id="body" x2="1"><stop offset="0" stop-color="hsl(${colour},70%,62%)"/><stop offset="1" stop-color="hsl(${colour},70%,34%)"/></linearGradient></defs>
    ${drawing}</svg>`;
  return sharp(Buffer.from(svg)).png({ compressionLevel: 2 }).toBuffer();
}

async function spinning(): Promise<Buffer> {
  const frames = await Promise.all(
    [0, 60, 120, 180, 240, 300].map((colour) => scene(colour, MUG).resize(320, 240).png().toBuffer()),
  );
  return sharp(frames, { join: { animated: true } })
    .gif({ delay: frames.map(() => 200), loop: 0 })
    .toBuffer();
}

/** Everything that samples/products.csv links to but one. */
export const SAMPLE_IMAGES: SampleImage[] = [
  ...Object.entries(MUGS).map(([name, colour]) => ({
    file: `mug-${name.toLowerCase()}.jpg`,
    product: `${name} Mug`,
    draw: () => scene(colour, MUG).jpeg({ quality: 92 }).toBuffer(),
  })),
  ...TEES.map((name, index) => ({
    file: `tee-${name.toLowerCase()}.png`,
    product: `T-Shirt ${name}`,
    draw: () => cutOut(hue(index + 3), TEE),
  })),
  ...VASES.map((name, index) => ({
    file: `vase-${name.toLowerCase()}.webp`,
    product: `${name} Vase`,
    draw: () =>
      scene(hue(index + 5), VASE)
        .webp({ quality: 90 })
        .toBuffer(),
  })),
  { file: 'mug-spinning.gif', product: 'Mug, all colours', draw: spinning },
  {
    file: 'vase-sideways.jpg',
    product: 'Vase, taken upright',
    draw: () => scene(20, VASE).rotate(90).withMetadata({ orientation: 8 }).jpeg({ quality: 92 }).toBuffer(),
  },
];
