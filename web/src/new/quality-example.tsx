import { Group, Text } from '@mantine/core';
import { useEffect, useState } from 'react';
import { bytes, percent, saving } from '../format.ts';

const WIDTH = 320;
const HEIGHT = 200;

/** A small still life with what compressing is bad at: fine texture, hard edges, soft shades. */
function drawPicture(): HTMLCanvasElement {
  const canvas = document.createElement('canvas');
  canvas.width = WIDTH;
  canvas.height = HEIGHT;
  const pen = canvas.getContext('2d');
  if (!pen) return canvas;
  const wall = pen.createLinearGradient(0, 0, WIDTH, HEIGHT);
  wall.addColorStop(0, '#f6d9b8');
  wall.addColorStop(1, '#c9825a');
  pen.fillStyle = wall;
  pen.fillRect(0, 0, WIDTH, HEIGHT);
  pen.fillStyle = '#7a4a2e';
  pen.fillRect(0, 150, WIDTH, 50);
  const mug = pen.createLinearGradient(100, 0, 200, 0);
  mug.addColorStop(0, '#1c4e80');
  mug.addColorStop(0.35, '#7fb2e5');
  mug.addColorStop(1, '#123456');
  pen.strokeStyle = '#1c4e80';
  pen.lineWidth = 12;
  pen.beginPath();
  pen.arc(205, 112, 26, -1.4, 1.4);
  pen.stroke();
  pen.fillStyle = mug;
  pen.beginPath();
  pen.roundRect(105, 60, 100, 110, [6, 6, 18, 18]);
  pen.fill();
  pen.fillStyle = '#fff';
  pen.font = 'bold 20px sans-serif';
  pen.fillText('MILL', 130, 122);
  // Grain as of a camera, the same every time.
  const pixels = pen.getImageData(0, 0, WIDTH, HEIGHT);
  let noise = 7;
  for (let at = 0; at < pixels.data.length; at++) {
    noise = (noise * 1_103_515_245 + 12_345) & 0x7fffffff;
    if (at % 4 !== 3) pixels.data[at] = (pixels.data[at] ?? 0) + ((noise >> 16) % 17) - 8;
  }
  pen.putImageData(pixels, 0, 0);
  return canvas;
}

interface Example {
  url: string;
  size: number;
}

function encode(canvas: HTMLCanvasElement, quality: number): Promise<Example> {
  return new Promise((resolve) =>
    canvas.toBlob(
      (blob) => resolve(blob ? { url: URL.createObjectURL(blob), size: blob.size } : { url: '', size: 0 }),
      'image/jpeg',
      quality / 100,
    ),
  );
}

/** A picture at the chosen quality, encoded here and now, beside the one it was made from. */
export default function QualityExample({ quality }: { quality: number }) {
  const [canvas] = useState(drawPicture);
  const [before, setBefore] = useState<Example>();
  const [after, setAfter] = useState<Example>();

  useEffect(() => {
    encode(canvas, 95).then(setBefore);
  }, [canvas]);
  useEffect(() => {
    let current = true;
    encode(canvas, quality).then((example) => {
      if (current) setAfter(example);
      else URL.revokeObjectURL(example.url);
    });
    return () => {
      current = false;
    };
  }, [canvas, quality]);
  useEffect(() => () => URL.revokeObjectURL(after?.url ?? ''), [after]);

  return (
    <Group gap="sm" grow wrap="nowrap" align="flex-start">
      {before && <Figure example={before} name="Original" note={bytes(before.size)} />}
      {before && after && (
        <Figure
          example={after}
          name={`Quality ${quality}`}
          note={`${bytes(after.size)}, ${percent(Math.max(0, Math.round(saving(before.size, after.size))))} saved`}
        />
      )}
    </Group>
  );
}

function Figure({ example, name, note }: { example: Example; name: string; note: string }) {
  return (
    <figure className="example">
      <img src={example.url} width={WIDTH} height={HEIGHT} alt={`Example: ${name}`} />
      <figcaption>
        <Text size="sm" fw={600}>
          {name}
        </Text>
        <Text size="xs" c="dimmed">
          {note}
        </Text>
      </figcaption>
    </figure>
  );
}
