import { Accordion, Text } from '@mantine/core';
import { useState } from 'react';
import { DEFAULT_OPTIONS } from '../../../src/domain/options.ts';
import type { UploadFields } from '../api/upload.ts';
import { later } from '../ui/later.tsx';

const OptionFields = later(() => import('./option-fields.tsx'));

export interface OptionsProps {
  fields: UploadFields;
  set(change: Partial<UploadFields>): void;
}

/** What is to be done to the images; folded away, as the defaults suit a shop. */
export function OptionsForm({ fields, set }: OptionsProps) {
  // Loaded only for those who look.
  const [opened, setOpened] = useState<string | null>(null);
  const changed = (Object.keys(DEFAULT_OPTIONS) as (keyof typeof DEFAULT_OPTIONS)[]).some(
    (name) => fields[name] !== DEFAULT_OPTIONS[name],
  );
  return (
    <Accordion variant="contained" value={opened} onChange={setOpened}>
      <Accordion.Item value="options">
        <Accordion.Control>
          <Text fw={600}>Options</Text>
          <Text size="sm" c="dimmed">
            Quality {fields.quality}, {fields.scale === 100 ? 'same dimensions' : `${fields.scale} % of the dimensions`}
            , {fields.format === 'same' ? 'same format' : fields.format.toUpperCase()}
            {changed || fields.webhookUrl ? '' : '. Fine for most shops'}
          </Text>
        </Accordion.Control>
        <Accordion.Panel>{opened === 'options' && <OptionFields fields={fields} set={set} />}</Accordion.Panel>
      </Accordion.Item>
    </Accordion>
  );
}
