# Ask the program, which knows the whole line and the cluster; if it does not answer, what stands above has to do.
# For bash from 3.2 on, without the bash-completion package.
_kubectl_argo_pods() {
  local -a words=()
  local rest=${COMP_LINE:0:COMP_POINT} blank i
  # bash breaks words at ":" and "=", too: what no blank parts is one word.
  for ((i = 0; i <= COMP_CWORD; i++)); do
    blank=${rest%%[![:space:]]*}
    rest=${rest#"$blank"}
    local word=$rest
    ((i == COMP_CWORD)) || word=${COMP_WORDS[i]}
    rest=${rest#"$word"}
    if [[ -n $blank || $i -eq 0 ]]; then words+=("$word"); else words[${#words[@]}-1]+=$word; fi
  done

  local quote= last=$((${#words[@]} - 1))
  case ${words[last]} in \'*) quote=\' ;; \"*) quote=\" ;; esac
  for ((i = 0; i <= last; i++)); do
    case ${words[i]} in
      \'*) words[i]=${words[i]//\'/} ;;
      \"*) words[i]=${words[i]//\"/} ;;
      *) words[i]=${words[i]//[\\\'\"]/} ;;
    esac
  done

  local answer directive
  answer=$(kubectl-argo_pods __complete "${words[@]:1}" 2>/dev/null)
  directive=${answer##*:}
  case $directive in '' | *[!0-9]*) _shtab_kubectl_argo_pods; return ;; esac
  answer=${answer%:*}

  local typed=${words[last]} flag= passed= breaks=
  # The program completes the value of --flag=value, and bash what stands behind the last of its breaks.
  [[ $typed != -*=* ]] || flag=${typed%%=*}=
  [[ $COMP_WORDBREAKS != *:* ]] || breaks=:
  [[ $COMP_WORDBREAKS != *=* ]] || breaks+==
  [[ -n $quote || -z $breaks ]] || passed=${typed%"${typed##*[$breaks]}"}

  local -a values=() notes=()
  local line longest=0 common
  while IFS= read -r line; do
    [[ -n $line ]] || continue
    local value=$flag${line%%$'\t'*}
    value=${value#"$passed"}
    ((${#values[@]})) || common=$value
    while [[ $value != "$common"* ]]; do common=${common%?}; done
    ((${#value} <= longest)) || longest=${#value}
    values+=("$value")
    [[ $line != *$'\t'* ]] || line=${line#*$'\t'}$'\t'
    [[ $line == *$'\t' ]] && notes+=("${line%$'\t'}") || notes+=('')
  done <<<"$answer"

  # What is inserted is quoted, what is listed has its note. Of several, that is what they have in common; but menus
  # (COMP_TYPE % and *) insert each.
  local inserts= room=$((${COLUMNS:-80} - longest - 4))
  case ${#values[@]},${COMP_TYPE-} in 1,* | *,37 | *,42) inserts=1 ;; esac
  [[ $common != *[!a-zA-Z0-9_.:/=@,+-]* ]] || inserts=1
  COMPREPLY=()
  for ((i = 0; i < ${#values[@]}; i++)); do
    value=${values[i]}
    if [[ -z $inserts && -n ${notes[i]} && $room -gt 8 ]]; then
      printf -v value "%-${longest}s  (%s)" "$value" "${notes[i]:0:room}"
    elif [[ -n $inserts && -z $quote && $value == *[!a-zA-Z0-9_.:/=@,+-]* ]]; then
      printf -v value %q "$value"
    fi
    COMPREPLY[i]=$value
  done

  if [[ $(type -t compopt) == builtin ]]; then
    ((!(directive & 2))) || compopt -o nospace
    ((!(directive & 4))) || compopt +o default +o bashdefault
    ((!(directive & 32))) || compopt -o nosort 2>/dev/null
  fi
  return 0
}

complete -o bashdefault -o default -F _kubectl_argo_pods kubectl-argo_pods
