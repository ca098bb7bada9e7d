import { Anchor, Container, Group, Stack, Text, Title } from '@mantine/core';
import { type ReactNode, useEffect } from 'react';
import { useKeyWanted } from './api/key-wanted.ts';
import markUrl from './mark.svg';
import { NewPage } from './new/new-page.tsx';
import { Link, usePlace } from './router.tsx';
import { later } from './ui/later.tsx';

// The first screen is to be there at once; the others come when they are wanted.
const RequestPage = later(() => import('./request/request-page.tsx'));
const RequestsPage = later(() => import('./requests/requests-page.tsx'));
const KeyPrompt = later(() => import('./ui/key-prompt.tsx'));
const GuidePage = later(() => import('./guide/guide-page.tsx'));

const LINKS = [
  { href: '/', label: 'New' },
  { href: '/requests', label: 'Requests' },
  { href: '/api-guide', label: 'API' },
];

function screenAt(path: string): { title: string; screen: ReactNode } {
  const id = /^\/requests\/([^/]+)\/?$/.exec(path)?.[1];
  if (id) return { title: 'Request', screen: <RequestPage key={id} id={id} /> };
  if (/^\/requests\/?$/.test(path)) return { title: 'Requests', screen: <RequestsPage /> };
  if (/^\/api-guide\/?$/.test(path)) return { title: 'API', screen: <GuidePage /> };
  if (path === '/') return { title: 'New request', screen: <NewPage /> };
  return { title: 'Not found', screen: <NotFound /> };
}

export function App() {
  const { pathname } = usePlace();
  const keyWanted = useKeyWanted();
  const { title, screen } = screenAt(pathname);
  useEffect(() => {
    document.title = `${title} · Pixmill`;
  }, [title]);

  return (
    <>
      <a className="skip-link" href="#main">
        Skip to the content
      </a>
      <header className="top">
        <Container size="lg">
          <Group justify="space-between" h={60} wrap="nowrap">
            <Link href="/" className="brand" aria-label="Pixmill, new request">
              <img src={markUrl} width="28" height="28" alt="" />
              <span>Pixmill</span>
            </Link>
            <nav aria-label="Main">
              <Group gap={4} wrap="nowrap">
                {LINKS.map(({ href, label }) => {
                  const here = href === '/' ? pathname === '/' : pathname.startsWith(href);
                  return (
                    <Link key={href} href={href} className="nav-link" {...(here ? { 'aria-current': 'page' } : {})}>
                      {label}
                    </Link>
                  );
                })}
              </Group>
            </nav>
          </Group>
        </Container>
      </header>
      {keyWanted ? <KeyPrompt /> : null}
      <Container size="lg" component="main" id="main" py="xl" tabIndex={-1}>
        {screen}
      </Container>
    </>
  );
}

function NotFound() {
  return (
    <Stack gap="xs">
      <Title order={1}>There is nothing here</Title>
      <Text>
        Start at{' '}
        <Anchor component={Link} href="/">
          a new request
        </Anchor>{' '}
        or look at{' '}
        <Anchor component={Link} href="/requests">
          your requests
        </Anchor>
        .
      </Text>
    </Stack>
  );
}
