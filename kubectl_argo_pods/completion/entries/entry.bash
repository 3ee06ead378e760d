# Ask the program, which knows the whole line and the cluster; if it does not answer, what stands above has to do.
# For bash from 3.2 on, without the bash-completion package.
_kubectl_argo_pods() {
  local -a words=() values=() notes=()
  local plain quote passed answer directive common longest=0
  _kubectl_argo_pods_line
  answer=$(kubectl-argo_pods __complete "${words[@]:1}" 2>/dev/null)
  directive=${answer##*:}
  case $directive in '' | *[!0-9]*) _shtab_kubectl_argo_pods; return ;; esac
  _kubectl_argo_pods_values "${answer%:*}"
  _kubectl_argo_pods_reply
  if [[ $(type -t compopt) == builtin ]]; then
    ((!(directive & 2))) || compopt -o nospace
    ((!(directive & 4))) || compopt +o default +o bashdefault
    ((!(directive & 32))) || compopt -o nosort 2>/dev/null
  fi
  return 0
}

# The words of the line; plain, quote and passed are those of the last one.
_kubectl_argo_pods_line() {
  local rest=${COMP_LINE:0:COMP_POINT} blank word i
  # bash breaks words at ":" and "=", too: what no blank parts is one word.
  for ((i = 0; i <= COMP_CWORD; i++)); do
    blank=${rest%%[![:space:]]*}
    rest=${rest#"$blank"}
    word=$rest
    ((i == COMP_CWORD)) || word=${COMP_WORDS[i]}
    rest=${rest#"$word"}
    if [[ -n $blank || $i -eq 0 ]]; then words+=("$word"); else words[${#words[@]}-1]+=$word; fi
  done
  for ((i = 0; i < ${#words[@]}; i++)); do
    _kubectl_argo_pods_read "${words[i]}"
    words[i]=$plain
  done
}

# What of each candidate is to be inserted, as it is, what is said of it, and what all of them have in common.
_kubectl_argo_pods_values() {
  local flag= line value
  # The program completes the value of --flag=value.
  [[ $plain != -*=* ]] || flag=${plain%%=*}=
  while IFS= read -r line; do
    value=$flag${line%%$'\t'*}
    [[ -n $line && $value == "$plain"* ]] || continue
    value=${value#"$passed"}
    ((${#values[@]})) || common=$value
    while [[ $value != "$common"* ]]; do common=${common%?}; done
    ((${#value} <= longest)) || longest=${#value}
    values+=("$value")
    [[ $line != *$'\t'* ]] || line=${line#*$'\t'}$'\t'
    [[ $line == *$'\t' ]] && notes+=("${line%$'\t'}") || notes+=('')
  done <<<"$1"
}

# What is inserted is quoted, what is listed has its note. Of several, that is what they have in common; but menus
# (COMP_TYPE % and *) insert each.
_kubectl_argo_pods_reply() {
  local inserts= room=$((${COLUMNS:-80} - longest - 4)) value i
  case ${#values[@]},${COMP_TYPE-} in 1,* | *,37 | *,42) inserts=1 ;; esac
  [[ $common != *[!a-zA-Z0-9_.:/=@,+-]* ]] || inserts=1
  COMPREPLY=()
  for ((i = 0; i < ${#values[@]}; i++)); do
    value=${values[i]}
    if [[ -n $inserts ]]; then
      _kubectl_argo_pods_quote
    elif [[ -n ${notes[i]} && $room -gt 8 ]]; then
      # The blank of a name would be one in common with those before a note.
      [[ $value != *' '* ]] || printf -v value %q "$value"
      printf -v value "%-${longest}s  (%s)" "$value" "${notes[i]:0:room}"
    fi
    COMPREPLY[i]=$value
  done
}

# Quote the value, so that nothing in it is run or means something else behind the open quote.
_kubectl_argo_pods_quote() {
  local rest=$value odd char
  case $quote in
    \') odd=\' ;;
    \") odd='\\"$`!' ;;
    *) [[ $value != *[!a-zA-Z0-9_.:/=@,+-]* ]] || printf -v value %q "$value"; return ;;
  esac
  value=
  while [[ $rest == *[$odd]* ]]; do
    value+=${rest%%[$odd]*}
    rest=${rest#"${rest%%[$odd]*}"}
    char=${rest:0:1} rest=${rest:1}
    case $quote$char in
      # A quote ends for what stays special in it: for bash's history, that is a "!" even behind a backslash.
      \'* | \"!) value+="$quote\\$char$quote" ;;
      *) value+="\\$char" ;;
    esac
  done
  value+=$rest
  # bash closes none behind a quote, which it takes for the closing one.
  [[ $value != *"$quote" ]] || value+=$quote
}

complete -o bashdefault -o default -F _kubectl_argo_pods kubectl-argo_pods
