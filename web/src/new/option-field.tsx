import { Input, NumberInput, SegmentedControl, Select, Slider, Switch, TextInput } from '@mantine/core';
import { PICTURE_OPTIONS } from '../../../src/domain/options.ts';
import type { PageOption } from './page-options.ts';

interface OptionFieldProps {
  name: string;
  option: PageOption;
  value: unknown;
  set(value: unknown): void;
}

interface Shape {
  type?: string;
  enum?: string[];
  minimum?: number;
  maximum?: number;
  maxLength?: number;
}

/** One option in the control that suits its schema. */
export function OptionField({ name, option, value, set }: OptionFieldProps) {
  const { page, example, preset } = option;
  const { type, enum: values, minimum, maximum, maxLength } = option.schema as Shape;
  const words = { label: page.label, description: page.hint };
  if (values) {
    const data = values.map((choice) => ({ value: choice, label: page.choices?.[choice] ?? choice }));
    return data.length > 3 ? (
      <Select {...words} data={data} allowDeselect={preset === undefined} value={text(value) || null} onChange={set} />
    ) : (
      <div>
        <Input.Label id={`${name}-label`}>{page.label}</Input.Label>
        <Input.Description mb={5}>{page.hint}</Input.Description>
        <SegmentedControl fullWidth aria-labelledby={`${name}-label`} data={data} value={text(value)} onChange={set} />
      </div>
    );
  }
  if (type === 'boolean') {
    return <Switch {...words} checked={value === true} onChange={({ currentTarget }) => set(currentTarget.checked)} />;
  }
  if (type === 'integer') {
    return (
      <NumberInput
        {...words}
        {...(minimum !== undefined && { min: minimum })}
        {...(maximum !== undefined && { max: maximum })}
        clampBehavior="strict"
        allowDecimal={false}
        value={text(value)}
        // One that has a default keeps its last number while nothing stands in its field.
        onChange={(number) => (typeof number === 'number' || preset === undefined) && set(number)}
      />
    );
  }
  const isAddress = name.endsWith('_url');
  return (
    <TextInput
      {...words}
      placeholder={isAddress ? 'https://' : example}
      type={isAddress ? 'url' : 'text'}
      maxLength={maxLength}
      value={text(value)}
      onChange={({ currentTarget }) => set(isAddress ? currentTarget.value.trim() : currentTarget.value)}
    />
  );
}

function text(value: unknown): string {
  return value === undefined ? '' : String(value);
}

/** Quality, with marks: it is what most people change. */
export function QualitySlider({ value, set }: { value: number; set(quality: number): void }) {
  const { page } = PICTURE_OPTIONS.quality;
  return (
    <div>
      <Input.Label id="quality-label">Quality: {value}</Input.Label>
      <Input.Description mb="xs">{page?.hint}</Input.Description>
      <Slider
        min={1}
        max={100}
        value={value}
        onChange={set}
        marks={[{ value: 25 }, { value: 50, label: '50' }, { value: 75 }]}
        thumbLabel="Quality"
        mb="lg"
      />
    </div>
  );
}
