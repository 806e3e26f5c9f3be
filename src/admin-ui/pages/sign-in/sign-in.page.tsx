import { useEffect, useRef, useState } from 'react';
import type { FormEvent, ReactNode } from 'react';
import { Button, Center, Paper, Stack, Text } from '@mantine/core';
import { toProblem } from '../../api/problem.js';
import { PageTitle } from '../../components/page-title.js';
import { problemText } from '../../components/problem-notice.js';
import { SecretInput } from '../../components/secret-input.js';
import { Notice } from '../../components/tone.js';
import { useMessages } from '../../messages/messages.js';
import { useSession } from '../../session.js';

function ReasonNotice(): ReactNode {
  const messages = useMessages();
  const { reason } = useSession();
  if (reason === 'start') return null;
  return reason === 'ended' ? (
    <Notice tone="warning" role="status">
      <p>{messages.signIn.ended}</p>
    </Notice>
  ) : (
    <Notice tone="info" role="status">
      <p>{messages.signIn.signedOut}</p>
    </Notice>
  );
}

/** Takes an API token and verifies it before anything else is shown. */
export function SignInPage(): ReactNode {
  const messages = useMessages();
  const { signIn } = useSession();
  const [token, setToken] = useState('');
  const [error, setError] = useState<string | null>(null);
  const [isPending, setPending] = useState(false);
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => field.current?.focus(), []);

  async function submit(event: FormEvent<HTMLFormElement>): Promise<void> {
    event.preventDefault();
    const candidate = token.trim();
    if (candidate === '') {
      setError(messages.common.required);
      return;
    }
    setPending(true);
    setError(null);
    try {
      await signIn(candidate);
    } catch (cause) {
      const problem = toProblem(cause);
      setError(problem.status === 401 ? messages.signIn.wrongToken : problemText(problem, messages));
      setPending(false);
      field.current?.focus();
    }
  }

  return (
    <Center component="main" mih="100vh" p="md">
      <Paper withBorder p="xl" w="100%" maw={440} bg="var(--psa-surface)">
        <form onSubmit={(event) => void submit(event)} noValidate>
          <Stack gap="md">
            <Text fw={700} c="dimmed">
              {messages.app.name}
            </Text>
            <PageTitle>{messages.signIn.title}</PageTitle>
            <ReasonNotice />
            <Text>{messages.signIn.intro}</Text>
            <SecretInput
              ref={field}
              label={messages.signIn.token}
              description={messages.signIn.tokenHint}
              value={token}
              onChange={(event) => setToken(event.currentTarget.value)}
              error={error}
              errorProps={{ role: 'alert' }}
              required
              withAsterisk={false}
            />
            <Button type="submit" loading={isPending}>
              {messages.signIn.submit}
            </Button>
          </Stack>
        </form>
      </Paper>
    </Center>
  );
}
