/** The most URIs that one subscription, or one session, may name. */
export const maxSubscribedUris = 1000

/** The longest URI that a subscription may name. */
export const maxUriLength = 2048
