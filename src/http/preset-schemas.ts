import { Type } from 'typebox';

export const PresetsSchema = Type.Object(
  {
    presets: Type.Array(
      Type.Object({
        name: Type.String({ description: 'The value of `preset`.', examples: ['web'] }),
        title: Type.String({ description: 'For people.', examples: ['Amazon'] }),
        options: Type.Unsafe<object>({ type: 'object', additionalProperties: true, description: 'What it sets.' }),
        source: Type.Union([Type.String(), Type.Null()], {
          description: 'Where the rules stand that it follows; null where it follows none.',
        }),
        as_of: Type.Union([Type.String(), Type.Null()], { description: 'The day on which they were read.' }),
      }),
    ),
  },
  { $id: 'Presets' },
);
