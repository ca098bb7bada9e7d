import { Input, NumberInput, SegmentedControl, Select, SimpleGrid, Slider, Stack, TextInput } from '@mantine/core';
import { FORMATS, OUTPUT_FORMATS, type OutputFormat } from '../../../src/domain/formats.ts';
import type { Effort } from '../../../src/domain/options.ts';
import { later } from '../ui/later.tsx';
import type { OptionsProps } from './options-form.tsx';

const QualityExample = later(() => import('./quality-example.tsx'));

const CHOICES = OUTPUT_FORMATS.map((value) => ({ value, label: labelOf(value) }));

function labelOf(format: OutputFormat): string {
  if (format === 'same') return 'Same as each image';
  const { title, remark } = FORMATS[format];
  return remark ? `${title} (${remark})` : title;
}

const EFFORTS: { value: Effort; label: string }[] = [
  { value: 'fast', label: 'Fast' },
  { value: 'small', label: 'Small files' },
];

/** The options themselves. */
export default function OptionFields({ fields, set }: OptionsProps) {
  return (
    <Stack gap="lg" pt="xs">
      <SimpleGrid cols={{ base: 1, md: 2 }} spacing="xl">
        <div>
          <Input.Label id="quality-label">Quality: {fields.quality}</Input.Label>
          <Input.Description mb="xs">
            50 looks the same at a glance and saves most of the bytes. Below 30 edges get blurry; above 80 little is
            saved.
          </Input.Description>
          <Slider
            min={1}
            max={100}
            value={fields.quality}
            onChange={(quality) => set({ quality })}
            marks={[{ value: 25 }, { value: 50, label: '50' }, { value: 75 }]}
            thumbLabel="Quality"
            mb="lg"
          />
        </div>
        <QualityExample quality={fields.quality} />
      </SimpleGrid>
      <SimpleGrid cols={{ base: 1, sm: 3 }}>
        <NumberInput
          label="Dimensions, per cent"
          description="50 halves width and height"
          min={1}
          max={100}
          clampBehavior="strict"
          allowDecimal={false}
          value={fields.scale}
          onChange={(scale) => typeof scale === 'number' && set({ scale })}
        />
        <Select
          label="Format"
          description="What the results are saved as"
          data={CHOICES}
          allowDeselect={false}
          value={fields.format}
          onChange={(format) => format && set({ format: format as OutputFormat })}
        />
        <div>
          <Input.Label id="effort-label">Effort</Input.Label>
          <Input.Description mb={5}>Small files take longer</Input.Description>
          <SegmentedControl
            fullWidth
            aria-labelledby="effort-label"
            data={EFFORTS}
            value={fields.effort}
            onChange={(effort) => set({ effort: effort as Effort })}
          />
        </div>
      </SimpleGrid>
      <TextInput
        label="Webhook address"
        description="Called when everything is finished. Leave it empty if you do not know what that is."
        placeholder="https://"
        type="url"
        value={fields.webhookUrl}
        onChange={({ currentTarget }) => set({ webhookUrl: currentTarget.value.trim() })}
      />
    </Stack>
  );
}
