import { Type } from 'typebox';

export const NotesSchema = Type.Array(
  Type.Object({
    code: Type.String({
      description: 'For programs. `docs/errors.md` lists all codes.',
      examples: ['link_repaired'],
    }),
    message: Type.String({
      description: 'For people.',
      examples: ['The image was fetched from https://shop.example/mug.jpg.'],
    }),
  }),
  { description: 'What to know of an image that is done; mostly nothing.' },
);

export const NoteCountsSchema = Type.Record(Type.String(), Type.Integer({ minimum: 1 }), {
  description: 'How many images have each note, by its code. `docs/errors.md` lists all codes.',
  examples: [{ link_repaired: 2 }],
});
