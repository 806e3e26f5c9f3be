/*
 * Fields of the service desk entities in the notation of `field-notation.ts`, in the order the vendor lists them.
 * Facts: Autotask REST reference, §7 and its field metadata (merged there from vendor Swaggers of 2020 and 2026 and live
 * metadata of 2019 and 2023). Members newer than 2020 have no known flags.
 */

export const TICKETS_FIELDS = `
  id long RO; apiVendorID integer; assignedResourceID integer >Resource;
  assignedResourceRoleID integer >Role; billingCodeID integer >BillingCode;
  changeApprovalBoard integer pick; changeApprovalStatus integer pick; changeApprovalType integer pick;
  changeInfoField1 string(8000); changeInfoField2 string(8000); changeInfoField3 string(8000);
  changeInfoField4 string(8000); changeInfoField5 string(8000); companyID integer R >Company;
  companyLocationID integer >CompanyLocation; completedByResourceID integer RO >Resource;
  completedDate datetime RO; configurationItemID integer >ConfigurationItem; contactID integer >Contact;
  contractID integer >Contract; contractServiceBundleID long >ContractServiceBundle;
  contractServiceID long >ContractService; createDate datetime RO; creatorResourceID integer RO >Resource;
  creatorType integer RO pick; currentServiceThermometerRating integer; description string(8000);
  dueDateTime datetime R; estimatedHours double; externalID string(50);
  firstResponseAssignedResourceID integer RO; firstResponseDateTime datetime RO;
  firstResponseDueDateTime datetime RO; firstResponseInitiatingResourceID integer RO;
  hoursToBeScheduled double RO; impersonatorCreatorResourceID integer; issueType integer pick;
  lastActivityDate datetime RO; lastActivityPersonType integer RO pick;
  lastActivityResourceID integer RO >Resource; lastCustomerNotificationDateTime datetime RO;
  lastCustomerVisibleActivityDateTime datetime RO; lastTrackedModificationDateTime datetime;
  monitorID integer; monitorTypeID integer pick; opportunityID integer >Opportunity;
  organizationalLevelAssociationID integer >OrganizationalLevelAssociation;
  previousServiceThermometerRating integer; priority integer R pick; problemTicketId integer >Ticket;
  projectID integer >Project; purchaseOrderNumber string(50); queueID integer pick;
  resolution string(32000); resolutionPlanDateTime datetime RO; resolutionPlanDueDateTime datetime RO;
  resolvedDateTime datetime RO; resolvedDueDateTime datetime RO; rmaStatus integer; rmaType integer;
  rmmAlertID string(50) RO; serviceLevelAgreementHasBeenMet boolean RO;
  serviceLevelAgreementID integer pick; serviceLevelAgreementPausedNextEventHours double RO;
  serviceThermometerTemperature integer; source integer pick; status integer R pick;
  subIssueType integer pick; ticketCategory integer pick; ticketNumber string(50) RO;
  ticketType integer pick; title string(255) R; createdByContactID integer; isAssignedToComanaged boolean;
  isVisibleToComanaged boolean;
`;

export const TICKET_NOTES_FIELDS = `
  id long RO; createDateTime datetime; creatorResourceID integer RO >Resource; description string(32000) R;
  impersonatorCreatorResourceID integer; impersonatorUpdaterResourceID integer;
  lastActivityDate datetime RO; noteType integer R pick; publish integer R pick; ticketID integer R >Ticket;
  title string(250) R; createdByContactID integer;
`;
