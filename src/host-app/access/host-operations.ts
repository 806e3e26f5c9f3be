/** Operations of the host itself in the audit log, verbatim as users search for them. Never renamed. */
export const HOST_OPERATIONS = {
  signIn: 'Sign In',
  signOut: 'Sign Out',
  refuseCrossSite: 'Refuse Cross-Site Request',
  createAccount: 'Create Account',
  updateAccount: 'Update Account',
  deleteAccount: 'Delete Account',
  endSessions: 'End Sessions of Account',
  changePassword: 'Change Own Password',
  createToken: 'Create API Token',
  revokeToken: 'Revoke API Token',
} as const;
