import { SimpleGrid, Stack } from '@mantine/core';
import { later } from '../ui/later.tsx';
import { OptionField, QualitySlider } from './option-field.tsx';
import { type OptionsProps, PAGE_OPTIONS } from './page-options.ts';

const QualityExample = later(() => import('./quality-example.tsx'));

/** Every option that the page shows: quality beside an example of it, then the others as their definitions have them. */
export default function OptionFields({ options, set }: OptionsProps) {
  const { quality = 50 } = options;
  return (
    <Stack gap="lg" pt="xs">
      <SimpleGrid cols={{ base: 1, md: 2 }} spacing="xl">
        <QualitySlider value={quality} set={(chosen) => set({ quality: chosen })} />
        <QualityExample quality={quality} />
      </SimpleGrid>
      <SimpleGrid cols={{ base: 1, sm: 3 }}>
        {PAGE_OPTIONS.filter(([name]) => name !== 'quality').map(([name, option]) => (
          <OptionField
            key={name}
            name={name}
            option={option}
            value={options[name]}
            set={(value) => set({ [name]: value })}
          />
        ))}
      </SimpleGrid>
    </Stack>
  );
}
