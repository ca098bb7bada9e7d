import { Button, type ButtonProps } from '@mantine/core';
import { useState } from 'react';

/** Plain http has no clipboard API; the old command works there. */
async function copy(text: string): Promise<void> {
  if (navigator.clipboard) return navigator.clipboard.writeText(text);
  const field = document.createElement('textarea');
  field.value = text;
  document.body.append(field);
  field.select();
  document.execCommand('copy');
  field.remove();
}

export function CopyButton({ text, label, ...rest }: { text: string; label: string } & ButtonProps) {
  const [said, setSaid] = useState<string>();
  const say = (words: string) => {
    setSaid(words);
    setTimeout(() => setSaid(undefined), 2000);
  };
  return (
    <Button
      variant="default"
      {...rest}
      onClick={() =>
        copy(text).then(
          () => say('Copied'),
          () => say('Could not copy'),
        )
      }
    >
      <span aria-live="polite">{said ?? label}</span>
    </Button>
  );
}
