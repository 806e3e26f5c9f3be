import { useEffect, useRef, useState } from 'react';
import type { FormEvent, ReactNode, RefObject } from 'react';
import { Button, Center, Paper, SegmentedControl, Stack, Text, TextInput } from '@mantine/core';
import { toProblem } from '../../api/problem.js';
import { PROVIDER_SIGN_IN } from '../../api/session.js';
import type { ProviderOutcome, SignInMethod, SignInProof } from '../../api/session.js';
import { LanguageSelect } from '../../components/language-select.js';
import { Loading } from '../../components/loading.js';
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

interface FormProps {
  /** Gives what is wrong, or null once somebody is signed in. */
  onSubmit: (proof: SignInProof) => Promise<string | null>;
}

/** Tries to sign in and gives the focus back to where the correction is made. */
function useAttempt(onSubmit: FormProps['onSubmit'], field: RefObject<HTMLInputElement | null>) {
  const [error, setError] = useState<string | null>(null);
  const [isPending, setPending] = useState(false);
  useEffect(() => field.current?.focus(), [field]);

  async function attempt(proof: SignInProof): Promise<void> {
    setPending(true);
    setError(null);
    const problem = await onSubmit(proof);
    if (problem === null) return;
    setError(problem);
    setPending(false);
    field.current?.focus();
  }
  return { error, setError, isPending, attempt };
}

function TokenForm({ onSubmit, isKept }: FormProps & { isKept: boolean }): ReactNode {
  const messages = useMessages();
  const [token, setToken] = useState('');
  const field = useRef<HTMLInputElement>(null);
  const { error, setError, isPending, attempt } = useAttempt(onSubmit, field);

  function submit(event: FormEvent<HTMLFormElement>): void {
    event.preventDefault();
    if (token.trim() === '') setError(messages.common.required);
    else void attempt({ token: token.trim() });
  }

  return (
    <form onSubmit={submit} noValidate>
      <Stack gap="md">
        <Text>{messages.signIn.intro}</Text>
        <SecretInput
          ref={field}
          label={messages.signIn.token}
          {...(isKept ? { description: messages.signIn.tokenHint } : {})}
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
  );
}

function PasswordForm({ onSubmit }: FormProps): ReactNode {
  const messages = useMessages();
  const [userName, setUserName] = useState('');
  const [password, setPassword] = useState('');
  const field = useRef<HTMLInputElement>(null);
  const { error, setError, isPending, attempt } = useAttempt(onSubmit, field);

  function submit(event: FormEvent<HTMLFormElement>): void {
    event.preventDefault();
    if (userName.trim() === '' || password === '') setError(messages.common.required);
    else void attempt({ userName: userName.trim(), password });
  }

  return (
    <form onSubmit={submit} noValidate>
      <Stack gap="md">
        <TextInput
          ref={field}
          label={messages.signIn.userName}
          value={userName}
          onChange={(event) => setUserName(event.currentTarget.value)}
          autoComplete="username"
          autoCapitalize="none"
          spellCheck={false}
          required
          withAsterisk={false}
        />
        <SecretInput
          label={messages.signIn.password}
          value={password}
          onChange={(event) => setPassword(event.currentTarget.value)}
          // Password managers may and should fill this one.
          autoComplete="current-password"
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
  );
}

/** Takes what the host says about a sign-in at the provider out of the address, so that loading the page again says nothing. */
function takeProviderOutcome(): ProviderOutcome | null {
  const address = new URL(window.location.href);
  const outcome = address.searchParams.get('signIn');
  if (outcome === null) return null;
  address.searchParams.delete('signIn');
  window.history.replaceState(null, '', address);
  return outcome === 'throttled' || outcome === 'unavailable' ? outcome : 'refused';
}

/** A link, because the browser goes to another site. */
function ProviderSignIn({ label }: { label: string }): ReactNode {
  const messages = useMessages();
  const [outcome] = useState(takeProviderOutcome);
  return (
    <>
      {outcome === null ? null : (
        <Notice tone="bad" role="alert">
          <p>{messages.signIn.outcomes[outcome]}</p>
        </Notice>
      )}
      <Button component="a" href={new URL(PROVIDER_SIGN_IN, document.baseURI).pathname} variant="default">
        {messages.signIn.provider(label)}
      </Button>
    </>
  );
}

/** The forms of the ways there are; without any, an API token goes along with every call. */
function SignInForms({ methods }: { methods: SignInMethod[] }): ReactNode {
  const messages = useMessages();
  const { signIn } = useSession();
  const [method, setMethod] = useState<SignInMethod>(methods[0] ?? 'token');

  async function submit(proof: SignInProof): Promise<string | null> {
    try {
      await signIn(proof);
      return null;
    } catch (cause) {
      const problem = toProblem(cause);
      if (problem.status !== 401) return problemText(problem, messages);
      return 'token' in proof ? messages.signIn.wrongToken : messages.signIn.refused;
    }
  }

  return (
    <>
      {methods.length > 1 ? (
        <SegmentedControl
          aria-label={messages.signIn.method}
          value={method}
          onChange={(value) => setMethod(value)}
          data={methods.map((value) => ({ value, label: messages.signIn.methods[value] }))}
          fullWidth
        />
      ) : null}
      {method === 'password' ? (
        <PasswordForm onSubmit={submit} />
      ) : (
        <TokenForm onSubmit={submit} isKept={methods.length === 0} />
      )}
    </>
  );
}

/** Lets people in with an account or a token, before anything else is shown. */
export function SignInPage(): ReactNode {
  const messages = useMessages();
  const { methods, providerLabel } = useSession();
  return (
    <Center component="main" mih="100vh" p="md">
      <Paper withBorder p="xl" w="100%" maw={440} bg="var(--psa-surface)">
        <Stack gap="md">
          <Text fw={700} c="dimmed">
            {messages.app.name}
          </Text>
          <PageTitle>{messages.signIn.title}</PageTitle>
          <ReasonNotice />
          {providerLabel === null ? null : <ProviderSignIn label={providerLabel} />}
          {methods === null ? <Loading /> : <SignInForms methods={methods} />}
          <LanguageSelect />
        </Stack>
      </Paper>
    </Center>
  );
}
