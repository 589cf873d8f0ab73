/** Why a ceremony is refused: one stable code for each check, for logs and events; a client is told none of them. */

/** What was wrong. The codes stay as they are. */
export type WebauthnFailure =
  // the JSON form
  | 'credential_malformed'
  | 'credential_type_mismatch'
  | 'encoding_invalid'
  | 'id_mismatch'
  // the client data
  | 'client_data_malformed'
  | 'type_mismatch'
  | 'challenge_mismatch'
  | 'origin_mismatch'
  | 'cross_origin_refused'
  | 'top_origin_refused'
  // the authenticator data
  | 'authenticator_data_malformed'
  | 'authenticator_data_bytes_behind'
  | 'cbor_malformed'
  | 'cbor_too_deep'
  | 'cbor_bytes_behind'
  | 'rp_id_mismatch'
  | 'user_not_present'
  | 'user_not_verified'
  | 'backup_state_invalid'
  // a registration only
  | 'attestation_object_malformed'
  | 'attested_data_missing'
  | 'algorithm_not_offered'
  | 'key_malformed'
  | 'key_not_on_curve'
  | 'key_weak'
  | 'attestation_format_unknown'
  | 'attestation_statement_malformed'
  | 'attestation_algorithm_mismatch'
  | 'attestation_signature_invalid'
  | 'credential_id_length'
  | 'credential_id_mismatch'
  // an assertion only
  | 'credential_not_allowed'
  | 'credential_unknown'
  | 'user_handle_missing'
  | 'user_handle_mismatch'
  | 'attested_data_unexpected'
  | 'backup_eligibility_changed'
  | 'stored_key_invalid'
  | 'signature_invalid'

/** A ceremony that was refused. */
export interface Refused {
  readonly ok: false
  readonly code: WebauthnFailure
}

/** How a check ends a ceremony; `judge` catches it. */
class Refusal extends Error {
  readonly code: WebauthnFailure
  constructor(code: WebauthnFailure) {
    super(code)
    this.code = code
  }
}

/** Ends the ceremony. */
export function refuse(code: WebauthnFailure): never {
  throw new Refusal(code)
}

/** What a ceremony comes to, or why it was refused. */
export function judge<T>(ceremony: () => T): T | Refused {
  try {
    return ceremony()
  } catch (error) {
    if (error instanceof Refusal) return { ok: false, code: error.code }
    throw error
  }
}
