import { Anchor, Button, Group, Paper, Progress, Stack, Text, Title } from '@mantine/core';
import { Dropzone } from '@mantine/dropzone';
import { useRef, useState } from 'react';
import type { UploadOptions } from '../../../src/domain/options.ts';
import type { UploadAnswer } from '../api/types.ts';
import { upload } from '../api/upload.ts';
import { bytes, percent } from '../format.ts';
import { go } from '../router.tsx';
import { ProblemAlert } from '../ui/problem-alert.tsx';
import { OptionsForm } from './options-form.tsx';
import { PAGE_PRESETS } from './page-options.ts';
import { Preflight } from './preflight.tsx';
import { downloadSample } from './sample.ts';

type Step = { at: 'choose' } | { at: 'checking' | 'starting'; sent: number } | { at: 'checked' };

/** Choose a CSV, see how it is understood, start. */
export function NewPage() {
  const [options, setOptions] = useState<Partial<UploadOptions>>(PAGE_PRESETS);
  const [file, setFile] = useState<File>();
  const [step, setStep] = useState<Step>({ at: 'choose' });
  const [report, setReport] = useState<UploadAnswer>();
  const [error, setError] = useState<unknown>();
  const openPicker = useRef<() => void>(null);
  const stop = useRef<AbortController>(undefined);
  const key = useRef('');

  const reset = () => {
    stop.current?.abort();
    setFile(undefined);
    setReport(undefined);
    setError(undefined);
    setStep({ at: 'choose' });
  };

  const send = async (chosen: File, at: 'checking' | 'starting', how: { skipBadRows?: boolean; dryRun?: boolean }) => {
    const controller = new AbortController();
    stop.current = controller;
    setError(undefined);
    setStep({ at, sent: 0 });
    const onProgress = (sent: number) => setStep({ at, sent });
    const identified = how.dryRun ? {} : { idempotencyKey: key.current };
    return upload(chosen, options, { ...how, ...identified, onProgress, signal: controller.signal });
  };

  const check = async (chosen: File) => {
    setFile(chosen);
    setReport(undefined);
    try {
      setReport(await send(chosen, 'checking', { dryRun: true }));
      setStep({ at: 'checked' });
    } catch (problem) {
      if (stop.current?.signal.aborted) return;
      setError(problem);
      setStep({ at: 'choose' });
    }
  };

  const start = async (skipBadRows: boolean) => {
    if (!file) return;
    // Another try with the same choices is the same upload to the server, with other choices another one.
    key.current = await fingerprint(file, options, skipBadRows, key.current);
    try {
      const { request_id } = await send(file, 'starting', { skipBadRows });
      go(`/requests/${request_id}`);
    } catch (problem) {
      if (!stop.current?.signal.aborted) setError(problem);
      setStep({ at: 'checked' });
    }
  };

  const busy = step.at === 'checking' || step.at === 'starting';
  return (
    <Stack gap="lg">
      <div>
        <Title order={1}>Compress your product images</Title>
        <Text c="dimmed" mt={4}>
          Drop a CSV or an Excel sheet with image links. Every image is fetched and made smaller, and you get a CSV back
          with new links.
        </Text>
      </div>

      {!report && !busy && (
        <Dropzone
          onDrop={([first]) => first && check(first)}
          openRef={openPicker}
          multiple={false}
          activateOnClick={false}
          activateOnKeyboard={false}
          enablePointerEvents
          className="drop"
          inputProps={{ 'aria-label': 'CSV file or Excel workbook' }}
          tabIndex={-1}
        >
          <Stack align="center" gap="sm" py={48}>
            <DropIcon />
            <Text size="lg" fw={600} ta="center">
              Drop your CSV here
            </Text>
            <Button onClick={() => openPicker.current?.()}>Choose a file</Button>
            <Text size="sm" c="dimmed" ta="center">
              Or an Excel workbook (.xlsx). It needs image links; a serial number and a product name help. Nothing
              starts before you say so.
            </Text>
            <Anchor component="button" type="button" size="sm" onClick={downloadSample}>
              Download a sample CSV
            </Anchor>
          </Stack>
        </Dropzone>
      )}

      {error !== undefined && (
        <Stack gap="xs">
          {!report && file && <Text fw={600}>{file.name} cannot be used as it is</Text>}
          <ProblemAlert error={error} />
        </Stack>
      )}

      {busy && file && (
        <Paper withBorder p="lg">
          <Group justify="space-between" mb="xs">
            <Text fw={600} role="status">
              {step.sent < 1 ? `Uploading ${file.name}` : step.at === 'checking' ? `Reading ${file.name}` : 'Starting'}
            </Text>
            <Text size="sm" c="dimmed">
              {bytes(file.size)}, {percent(Math.round(step.sent * 100))} sent
            </Text>
          </Group>
          <Progress value={step.sent * 100} animated={step.sent >= 1} striped={step.sent >= 1} aria-label="Upload" />
          <Button variant="default" size="xs" mt="md" onClick={reset}>
            Stop
          </Button>
        </Paper>
      )}

      {report && file && step.at === 'checked' && (
        <Preflight file={file} answer={report} onStart={start} onOther={reset} />
      )}
      <OptionsForm options={options} set={(change) => setOptions((before) => ({ ...before, ...change }))} />
    </Stack>
  );
}

let lastChoice = '';

/** A key for the upload that stays the same as long as file and choices do. */
async function fingerprint(file: File, options: object, skip: boolean, key: string): Promise<string> {
  const choice = JSON.stringify([file.name, file.size, file.lastModified, options, skip]);
  if (key !== '' && choice === lastChoice) return key;
  lastChoice = choice;
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('');
}

function DropIcon() {
  return (
    <svg
      width="44"
      height="44"
      viewBox="0 0 44 44"
      fill="none"
      stroke="currentColor"
      strokeWidth="2"
      aria-hidden="true"
    >
      <path d="M22 30V10m0 0-8 8m8-8 8 8" strokeLinecap="round" strokeLinejoin="round" />
      <path d="M6 28v6a4 4 0 0 0 4 4h24a4 4 0 0 0 4-4v-6" strokeLinecap="round" />
    </svg>
  );
}
