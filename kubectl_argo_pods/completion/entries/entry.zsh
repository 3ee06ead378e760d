# Ask the program, which knows the whole line and the cluster; if it does not answer, what stands above has to do.
_kubectl_argo_pods() {
  local -a answer found asked
  local line value note plain quote passed
  for value in "${(@)words[2,CURRENT-1]}"; do
    _kubectl_argo_pods_read "$value"
    asked+=("$plain")
  done
  answer=("${(@f)$(kubectl-argo_pods __complete "${(@)asked}" "${(Q)PREFIX}" 2>/dev/null)}")
  if [[ $answer[-1] != :<-> ]]; then
    _shtab_kubectl_argo_pods "$@"
    return
  fi
  local -i directive=${answer[-1]#:}
  for line in "${(@)answer[1,-2]}"; do
    value=${line%%$'\t'*} note=
    [[ $line != *$'\t'* ]] || note=:${line#*$'\t'}
    # _describe takes a backslash away from whatever is behind it.
    value=${value//\\/\\\\}
    found+=("${value//:/\\:}$note")
  done
  # The program completes the value of --flag=value.
  [[ $PREFIX != -*=* ]] || compset -P 1 '*='
  local -a space
  ((!(directive & 2))) || space=(-S '')
  if (($#found)); then
    # Unsorted as a whole only if compadd is told, too.
    _describe -V -t names argo-pods found -V names "${(@)space}"
  elif ((!(directive & 4))); then
    _files
  else
    return 1
  fi
}

# A file of $fpath is the function that is named like it; anywhere else it is read to register ours.
if [[ ${funcstack[1]} == _kubectl-argo_pods ]]; then
  _kubectl_argo_pods "$@"
else
  compdef _kubectl_argo_pods kubectl-argo_pods
fi
