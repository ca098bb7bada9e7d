import { Accordion, Text } from '@mantine/core';
import { useState } from 'react';
import type { UploadOptions } from '../../../src/domain/options.ts';
import { later } from '../ui/later.tsx';
import { type OptionsProps, PAGE_OPTIONS } from './page-options.ts';

const OptionFields = later(() => import('./option-fields.tsx'));

/** What is to be done to the images; folded away, as the defaults suit a shop. */
export function OptionsForm({ options, set }: OptionsProps) {
  // Loaded only for those who look.
  const [opened, setOpened] = useState<string | null>(null);
  const changed = PAGE_OPTIONS.some(([name, { preset }]) => (options[name] || undefined) !== preset);
  return (
    <Accordion variant="contained" value={opened} onChange={setOpened}>
      <Accordion.Item value="options">
        <Accordion.Control>
          <Text fw={600}>Options</Text>
          <Text size="sm" c="dimmed">
            {summary(options)}
            {changed ? '' : '. Fine for most shops'}
          </Text>
        </Accordion.Control>
        <Accordion.Panel>{opened === 'options' && <OptionFields options={options} set={set} />}</Accordion.Panel>
      </Accordion.Item>
    </Accordion>
  );
}

function summary({ quality, scale = 100, format = 'same' }: Partial<UploadOptions>): string {
  const dimensions = scale === 100 ? 'same dimensions' : `${scale} % of the dimensions`;
  return `Quality ${quality}, ${dimensions}, ${format === 'same' ? 'same format' : format.toUpperCase()}`;
}
