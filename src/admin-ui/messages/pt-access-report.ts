import type { Messages } from './en.js';

export const ptAccessReport: Messages['access'] = {
  title: 'Relatório de acesso',
  passed: 'O usuário de API tem todo o acesso necessário.',
  failed: 'Esta conexão ainda não pode funcionar. O que fazer está listado abaixo.',
  checkedAt: 'Verificado em',
  checkAgain: 'Verificar novamente',
  rechecked: 'A verificação de acesso terminou.',
  outcomes: { passed: 'Aprovado', failed: 'Falhou', unknown: 'Desconhecido', skipped: 'Ignorado' },
  groups: {
    signIn: 'Entrada',
    billing: 'Direitos de faturamento',
    crm: 'Direitos de CRM',
    helpdesk: 'Direitos de help desk',
    visibility: 'Visibilidade dos dados',
    currency: 'Moeda',
    other: 'Outras verificações',
  },
  groupCount: (passed: number, total: number) => `${passed} de ${total} aprovados`,
  capabilityOff: 'Não concedido. A conexão funciona sem ele; este recurso fica desligado.',
  remedy: 'O que fazer',
  found: 'Encontrado',
  excess: (count: number) =>
    count === 1 ? '1 direito além do necessário' : `${count} direitos além do necessário`,
  excessHint: 'Nada aqui precisa destes direitos. Você pode retirá-los no nível de segurança.',
  history: 'Verificações de acesso até agora',
  outcome: 'Resultado',
  notPassed: 'O que não foi aprovado',
  nothing: 'Nada',
  by: 'Por',
};
