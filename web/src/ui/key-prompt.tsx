import { Button, Modal, PasswordInput, Stack, Text } from '@mantine/core';
import { type SyntheticEvent, useState } from 'react';
import { pixmill } from '../api/pixmill.ts';

/** Asks for the key that the server wants, then shows the page anew. */
export default function KeyPrompt() {
  const [open, setOpen] = useState(true);
  const [key, setKey] = useState('');
  const [error, setError] = useState('');
  const [busy, setBusy] = useState(false);

  async function send(event: SyntheticEvent) {
    event.preventDefault();
    setBusy(true);
    try {
      await pixmill.openSession(key.trim());
      window.location.reload();
    } catch {
      setError('The server does not know this key.');
      setBusy(false);
    }
  }

  return (
    <Modal
      opened={open}
      onClose={() => setOpen(false)}
      title="This server asks for a key"
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      <form onSubmit={send}>
        <Stack>
          <Text size="sm">Whoever runs Pixmill for you has it. It stays in this browser until you close it.</Text>
          <PasswordInput
            label="Key"
            value={key}
            onChange={({ currentTarget }) => setKey(currentTarget.value)}
            error={error}
            autoComplete="current-password"
            data-autofocus
          />
          <Button type="submit" loading={busy} disabled={key.trim() === ''}>
            Open
          </Button>
        </Stack>
      </form>
    </Modal>
  );
}
